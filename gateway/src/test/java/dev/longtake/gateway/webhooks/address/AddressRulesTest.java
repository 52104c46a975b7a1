package dev.longtake.gateway.webhooks.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private static final AddressRules PUBLIC = new AddressRules(false);
    private static final AddressRules ALL = new AddressRules(true);

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1",
            "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "192.88.99.1", "240.0.0.1", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "fec0::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
            "3fff::1", "100::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "::7f00:1", "4000::1", "5f00::1"})
    void whatOnlyTheFarmCanReachIsNotConnectedTo(String address) throws Exception {
        assertThat(PUBLIC.allow(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "255.255.255.255", "::", "ff02::1", "ff0e::1"})
    void whatIsNobodyInParticularNeverIs(String address) throws Exception {
        assertThat(PUBLIC.allow(InetAddress.getByName(address))).isFalse();
        assertThat(ALL.allow(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808"})
    void whatEverybodyCanReachIs(String address) throws Exception {
        assertThat(PUBLIC.allow(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "::1", "fd00::1", "192.168.0.1"})
    void privateOnesAreWhereThatIsConfigured(String address) throws Exception {
        assertThat(ALL.allow(InetAddress.getByName(address))).isTrue();
    }

    /** Java makes an IPv4 address of a mapped one wherever it can; the bytes are looked at all the same. */
    @Test
    void anIpv4AddressInsideAnIpv6OneIsLookedAt() {
        assertThat(PUBLIC.allow(HexFormat.of().parseHex("00000000000000000000ffff7f000001"))).isFalse();
        assertThat(PUBLIC.allow(HexFormat.of().parseHex("00000000000000000000ffff0a000001"))).isFalse();
        assertThat(PUBLIC.allow(HexFormat.of().parseHex("00000000000000000000ffff08080808"))).isTrue();
        assertThat(PUBLIC.allow(HexFormat.of().parseHex("0064ff9b0000000000000000a9fea9fe"))).isFalse();
        assertThat(ALL.allow(HexFormat.of().parseHex("00000000000000000000ffff00000000"))).isFalse();
    }
}
