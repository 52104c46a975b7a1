package dev.longtake.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServersTest {
    @TempDir
    Path dir;

    @Test
    void whatWasWrittenIsThereAfterARestartAndCredentialsStay() throws Exception {
        EmbeddedS3.Credentials credentials;
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data, EmbeddedServers.PortChoice.FREE)) {
            Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
            try (Admin admin = Admin.create(settings)) {
                admin.createTopics(List.of(new NewTopic("t", Optional.of(1), Optional.empty()))).all().get();
            }
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("t", "k", "v")).get();
            }
            assertThat(servers.redis().isAlive()).isTrue();
            credentials = servers.store().credentials();
            assertThat(Files.getPosixFilePermissions(dir.resolve("s3/credentials"))).hasSize(2);
        }
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data, EmbeddedServers.PortChoice.FREE)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
                TopicPartition partition = new TopicPartition("t", 0);
                assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset()).isEqualTo(1);
            }
            assertThat(servers.store().credentials()).isEqualTo(credentials);
        }
    }

    @Test
    void aDirectoryIsHeldByOneFarm() throws Exception {
        try (DataDirectory held = DataDirectory.open(dir)) {
            assertThatThrownBy(() -> DataDirectory.open(dir)).isInstanceOf(DirectoryInUseException.class).hasMessageContaining(held.root().toString());
        }
        DataDirectory.open(dir).close();
    }

    @Test
    void aDirectoryOfANewerVersionIsRefused() throws Exception {
        Files.writeString(dir.resolve("version"), "99");
        assertThatThrownBy(() -> DataDirectory.open(dir)).hasMessageContaining("version 99");
    }

    @Test
    void aPortInUseIsNamedAndNothingIsLeftRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); DataDirectory data = DataDirectory.open(dir)) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> EmbeddedServers.start(data, new EmbeddedServers.PortChoice(0, port, 0)))
                    .isInstanceOfSatisfying(PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port));
        }
        assertThat(ProcessHandle.current().descendants().filter(p -> p.info().command().orElse("").contains("redis-server"))).isEmpty();
    }

    @Test
    void anOrphanedRedisIsEndedAtTheNextStart() throws Exception {
        EmbeddedRedis orphan = EmbeddedRedis.start(dir, 0);
        try (EmbeddedRedis next = EmbeddedRedis.start(dir, 0)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(next.isAlive()).isTrue();
        }
    }
}
