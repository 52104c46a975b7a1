package dev.longtake.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data)) {
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
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data)) {
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
    void serversComeBackOnTheirPortsUnlessSomebodyElseHasThem() throws Exception {
        int kafka;
        int redis;
        int store;
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data)) {
            kafka = servers.kafka().port();
            redis = servers.redis().port();
            store = servers.store().port();
        }
        try (ServerSocket taken = new ServerSocket(redis, 1, InetAddress.getLoopbackAddress()); DataDirectory data = DataDirectory.open(dir);
                EmbeddedServers servers = EmbeddedServers.start(data)) {
            assertThat(servers.kafka().port()).isEqualTo(kafka);
            assertThat(servers.store().port()).isEqualTo(store);
            assertThat(servers.redis().port()).isNotEqualTo(redis).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void someOfThemRunAlone() throws Exception {
        try (DataDirectory data = DataDirectory.open(dir); EmbeddedServers servers = EmbeddedServers.start(data, Set.of(EmbeddedServers.Server.STORE))) {
            assertThat(servers.has(EmbeddedServers.Server.STORE)).isTrue();
            assertThat(servers.has(EmbeddedServers.Server.KAFKA)).isFalse();
            assertThat(dir.resolve("kafka")).doesNotExist();
        }
    }

    @Test
    void whenOneDoesNotStartNothingIsLeftRunning() throws Exception {
        try (DataDirectory data = DataDirectory.open(dir)) {
            Files.writeString(dir.resolve("s3"), "a file where the object store wants a folder");
            assertThatThrownBy(() -> EmbeddedServers.start(data)).isInstanceOf(IOException.class);
        }
        assertThat(ProcessHandle.current().descendants().filter(p -> p.info().command().orElse("").contains("redis-server"))).isEmpty();
    }

    @Test
    void anOrphanedRedisIsEndedAtTheNextStart() throws Exception {
        EmbeddedRedis orphan = EmbeddedRedis.start(dir);
        try (EmbeddedRedis next = EmbeddedRedis.start(dir)) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(next.isAlive()).isTrue();
        }
    }
}
