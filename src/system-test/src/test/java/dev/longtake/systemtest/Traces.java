package dev.longtake.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.Topics;
import io.minio.BucketExistsArgs;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Looks into a farm's Kafka and object store from outside, past every service. */
final class Traces {
    private final JsonNode endpoints;

    Traces(JsonNode endpoints) {
        this.endpoints = endpoints;
    }

    /** @param commands messages ever written to {@code film-commands}. @param objects objects in the bucket */
    record Count(long commands, long objects) {}

    Count count() throws Exception {
        return new Count(messages(Topics.FILM_COMMANDS), objects());
    }

    /** Messages (transaction markers included) ever written to a topic. */
    long messages(String topic) throws Exception {
        Properties properties = new Properties();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, endpoints.get("kafka").asText());
        try (Admin admin = Admin.create(properties)) {
            int partitions = admin.describeTopics(java.util.List.of(topic)).allTopicNames().get().get(topic).partitions().size();
            Map<TopicPartition, OffsetSpec> asked = new java.util.HashMap<>();
            for (int i = 0; i < partitions; i++) {
                asked.put(new TopicPartition(topic, i), OffsetSpec.latest());
            }
            long sum = 0;
            for (ListOffsetsResult.ListOffsetsResultInfo info : admin.listOffsets(asked).all().get().values()) {
                sum += info.offset();
            }
            return sum;
        }
    }

    private long objects() throws Exception {
        JsonNode store = endpoints.get("store");
        MinioClient client = MinioClient.builder()
                .endpoint(store.get("endpoint").asText())
                .credentials(store.get("accessKey").asText(), store.get("secretKey").asText())
                .build();
        if (!client.bucketExists(BucketExistsArgs.builder().bucket(store.get("bucket").asText()).build())) {
            return 0;
        }
        long n = 0;
        for (var result : client.listObjects(ListObjectsArgs.builder().bucket(store.get("bucket").asText()).recursive(true).build())) {
            result.get();
            n++;
        }
        return n;
    }
}
