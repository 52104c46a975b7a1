package dev.longtake.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ByteRangeTest {
    @Test
    void oneRangeIsRead() throws Exception {
        assertThat(ByteRange.parse("bytes=0-0", 10)).contains(new ByteRange(0, 0));
        assertThat(ByteRange.parse("bytes=3-5", 10)).contains(new ByteRange(3, 5));
        assertThat(ByteRange.parse("bytes=3-", 10)).contains(new ByteRange(3, 9));
        assertThat(ByteRange.parse("bytes=3-99", 10)).contains(new ByteRange(3, 9));
        assertThat(ByteRange.parse("bytes=-4", 10)).contains(new ByteRange(6, 9));
        assertThat(ByteRange.parse("bytes=-40", 10)).contains(new ByteRange(0, 9));
        assertThat(ByteRange.parse("bytes=9-9", 10).orElseThrow().length()).isEqualTo(1);
    }

    @Test
    void whatIsNotUnderstoodIsIgnored() throws Exception {
        for (String header : List.of("", "bytes", "bytes=", "bytes=-", "bytes=5-3", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes=9999999999999999999-")) {
            assertThat(ByteRange.parse(header, 10)).as(header).isEmpty();
        }
    }

    @Test
    void aRangeOutsideIsUnsatisfiable() {
        for (String header : List.of("bytes=10-", "bytes=10-20", "bytes=-0")) {
            assertThatThrownBy(() -> ByteRange.parse(header, 10)).as(header).isInstanceOf(ByteRange.UnsatisfiableException.class);
        }
        assertThatThrownBy(() -> ByteRange.parse("bytes=0-", 0)).isInstanceOf(ByteRange.UnsatisfiableException.class);
    }
}
