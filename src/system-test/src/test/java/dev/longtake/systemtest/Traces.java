package dev.longtake.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.Topics;
import io.minio.BucketExistsArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Looks into a farm's Kafka and object store from outside, past every service. */
final class Traces implements AutoCloseable {
    private final Admin admin;
    private final MinioClient store;
    private final String bucket;

    Traces(JsonNode endpoints) {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoints.get("kafka").asText()));
        JsonNode s3 = endpoints.get("store");
        bucket = s3.get("bucket").asText();
        store = MinioClient.builder().endpoint(s3.get("endpoint").asText()).credentials(s3.get("accessKey").asText(), s3.get("secretKey").asText()).build();
    }

    /** @param commands messages ever written to {@code film-commands}. @param objects objects of all tenants; the farm keeps some of its own beside them */
    record Count(long commands, long objects) {}

    Count count() throws Exception {
        return new Count(messages(Topics.FILM_COMMANDS), objects());
    }

    /** Messages (transaction markers included) ever written to a topic. */
    long messages(String topic) throws Exception {
        int partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
        Map<TopicPartition, OffsetSpec> asked = IntStream.range(0, partitions).boxed().collect(Collectors.toMap(i -> new TopicPartition(topic, i), i -> OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get().values().stream().mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset).sum();
    }

    private long objects() throws Exception {
        if (!store.bucketExists(BucketExistsArgs.builder().bucket(bucket).build())) {
            return 0;
        }
        long n = 0;
        for (var result : store.listObjects(ListObjectsArgs.builder().bucket(bucket).prefix("tenants/").recursive(true).build())) {
            result.get();
            n++;
        }
        return n;
    }

    @Override
    public void close() {
        admin.close();
    }
}
