package org.apache.kafka.connect.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.Collection;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.RestartRequest;
import org.apache.kafka.connect.runtime.SessionKey;
import org.apache.kafka.connect.runtime.TargetState;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.connect.util.Callback;
import org.apache.kafka.connect.util.ConnectorTaskId;
import org.apache.kafka.connect.util.KafkaBasedLog;

/**
 * The config topic of Kafka Connect: the records that its store writes for each call, and what it makes
 * of records, good and bad ones in random order. Usage: ConfigTopicCases FILE SEED SEQUENCES RECORDS
 */
public final class ConfigTopicCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] NAMES = {"a", "b-c", "ä b"};

    private final Random random;
    private final PrintWriter out;
    private final List<String> events = new ArrayList<>();
    private final List<String[]> written = new ArrayList<>();
    private KafkaConfigBackingStore store;
    private Callback<ConsumerRecord<String, byte[]>> callback;
    private long offset;

    private ConfigTopicCases(PrintWriter out, long seed) {
        this.out = out;
        this.random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        try (PrintWriter out = new PrintWriter(args[0], "UTF-8")) {
            ConfigTopicCases cases = new ConfigTopicCases(out, Long.parseLong(args[1]));
            cases.writes();
            for (int i = Integer.parseInt(args[2]); i > 0; i--)
                cases.sequence(Integer.parseInt(args[3]));
        }
    }

    /** Takes what is written for read at the next look at the end. */
    private final class Log extends KafkaBasedLog<String, byte[]> {
        private final List<String[]> unread = new ArrayList<>();

        private Log() {
            super("configs", Map.of(), Map.of(), () -> null, (error, record) -> { }, Time.SYSTEM, admin -> { });
        }
        @Override public void start(boolean report) { }
        @Override public void start() { }
        @Override public void stop() { }
        @Override public int partitionCount() { return 1; }
        @Override public Future<RecordMetadata> sendWithReceipt(String key, byte[] value) {
            String[] record = {key, value == null ? null : new String(value, StandardCharsets.UTF_8)};
            written.add(record);
            unread.add(record);
            return CompletableFuture.completedFuture(null);
        }
        @Override public Future<RecordMetadata> sendWithReceipt(String key, byte[] value, org.apache.kafka.clients.producer.Callback done) {
            return sendWithReceipt(key, value);
        }
        @Override public void send(String key, byte[] value) { sendWithReceipt(key, value); }
        @Override public void send(String key, byte[] value, org.apache.kafka.clients.producer.Callback done) {
            sendWithReceipt(key, value);
        }
        @Override public Future<Void> readToEnd() {
            written.add(new String[] {"(read to the end)", null});
            for (String[] record : unread)
                feed(record[0], record[1]);
            unread.clear();
            return CompletableFuture.completedFuture(null);
        }
    }

    private final class Listener implements ConfigBackingStore.UpdateListener {
        @Override public void onConnectorConfigRemove(String name) { events.add("remove " + name); }
        @Override public void onConnectorConfigUpdate(String name) { events.add("config " + name); }
        @Override public void onTaskConfigUpdate(Collection<ConnectorTaskId> tasks) { events.add("tasks"); }
        @Override public void onConnectorTargetStateChange(String name) { events.add("target " + name); }
        @Override public void onSessionKeyUpdate(SessionKey key) { events.add("session " + key.creationTimestamp()); }
        @Override public void onRestartRequest(RestartRequest request) {
            events.add("restart " + request.connectorName() + " " + request.includeTasks() + " " + request.onlyFailed());
        }
        @Override public void onLoggingLevelUpdate(String logger, String level) { events.add("logger " + logger + " " + level); }
    }

    @SuppressWarnings("unchecked")
    private void fresh() throws Exception {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), false);
        DistributedConfig config = new DistributedConfig(Map.of("bootstrap.servers", "localhost:1", "group.id", "g",
            "config.storage.topic", "configs", "offset.storage.topic", "offsets", "status.storage.topic", "statuses",
            "key.converter", "org.apache.kafka.connect.json.JsonConverter", "value.converter", "org.apache.kafka.connect.json.JsonConverter"));
        java.lang.reflect.Field cluster = WorkerConfig.class.getDeclaredField("kafkaClusterId");
        cluster.setAccessible(true);
        cluster.set(config, "none"); // else it asks a broker
        store = new KafkaConfigBackingStore(converter, config, null, () -> null, "g-");
        store.setConfigLog(new Log());
        store.setUpdateListener(new Listener());
        store.start();
        Constructor<?> constructor = Class.forName("org.apache.kafka.connect.storage.KafkaConfigBackingStore$ConsumeCallback")
            .getDeclaredConstructor(KafkaConfigBackingStore.class);
        constructor.setAccessible(true);
        callback = (Callback<ConsumerRecord<String, byte[]>>) constructor.newInstance(store);
        offset = 0;
    }

    private void feed(String key, String value) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        callback.onCompletion(null, new ConsumerRecord<>("configs", 0, offset++, key, bytes));
    }

    private void writes() throws Exception {
        fresh();
        Map<String, String> config = new LinkedHashMap<>();
        config.put("name", "a");
        config.put("connector.class", "FileStreamSource");
        config.put("note", "ä€😀\"\\\n\t/\u0001");
        write("connector", "a", () -> store.putConnectorConfig("a", config, null));
        write("connector-stopped", "b-c", () -> store.putConnectorConfig("b-c", config, TargetState.STOPPED));
        write("tasks", "a", () -> store.putTaskConfigs("a", List.of(config, Map.of("task.class", "T"))));
        write("no-tasks", "a", () -> store.putTaskConfigs("a", List.of()));
        for (TargetState state : TargetState.values())
            write("target-" + state, "a", () -> store.putTargetState("a", state));
        write("task-count", "a", () -> store.putTaskCountRecord("a", 12));
        byte[] secret = new byte[32];
        new Random(5).nextBytes(secret);
        write("session " + Base64.getEncoder().encodeToString(secret), "1700000000000",
            () -> store.putSessionKey(new SessionKey(new SecretKeySpec(secret, "HmacSHA256"), 1_700_000_000_000L)));
        write("restart", "a", () -> store.putRestartRequest(new RestartRequest("a", true, false)));
        write("restart-tasks", "a", () -> store.putRestartRequest(new RestartRequest("a", false, true)));
        write("logger", "org.apache.kafka", () -> store.putLoggerLevel("org.apache.kafka", "DEBUG"));
        write("remove", "a", () -> store.removeConnectorConfig("a"));
    }

    private void write(String what, String name, Runnable call) throws Exception {
        written.clear();
        call.run();
        ObjectNode line = JSON.createObjectNode().put("do", "write").put("what", what).put("name", name);
        ArrayNode records = line.putArray("records");
        for (String[] record : written)
            records.addArray().add(record[0]).add(record[1]);
        out.println(JSON.writeValueAsString(line));
    }

    private void sequence(int records) throws Exception {
        fresh();
        out.println("{\"do\":\"new\"}");
        String last = "";
        for (int i = 0; i < records; i++) {
            offset += random.nextInt(5) == 0 ? random.nextInt(3) : 0; // compaction leaves holes
            String name = NAMES[random.nextInt(NAMES.length)];
            String[] record = record(name);
            ObjectNode line = JSON.createObjectNode().put("do", "read").put("offset", offset).put("key", record[0]).put("value", record[1]);
            events.clear();
            try {
                feed(record[0], record[1]);
            } catch (RuntimeException e) {
                line.put("thrown", e.getClass().getName());
            }
            if (!events.isEmpty())
                line.set("events", JSON.valueToTree(events));
            ObjectNode state = state();
            if (!state.toString().equals(last))
                line.set("state", state);
            last = state.toString();
            out.println(JSON.writeValueAsString(line));
        }
    }

    private String pick(String... values) {
        return values[random.nextInt(values.length)];
    }

    private String[] record(String name) {
        boolean bad = random.nextInt(12) == 0;
        String broken = pick("{", "", " ", "null", "[]", "5", "\"x\"", "{}", "{\"properties\":5}", "{\"properties\":null}", "{\"tasks\":\"1\"}",
            "{\"tasks\":1.5}", "{\"state\":\"GONE\"}", "{\"state\":5}", "{\"state\":null}", "{\"task-count\":\"x\"}", "{\"level\":5}", "{} x", "{\"tasks\":0} ,");
        String properties = pick("{\"properties\":{\"n\":\"1\"}}", "{\"properties\":{\"n\":\"2\",\"x\":null}}", "{\"properties\":{}}",
            "{\"properties\":{\"n\":\"ä\"},\"more\":1}");
        switch (random.nextInt(16)) {
            case 0: case 1: case 2:
                return new String[] {"connector-" + name, bad ? broken : pick(properties, properties, properties, null)};
            case 3: case 4: case 5: case 6: case 7:
                return new String[] {"task-" + name + "-" + random.nextInt(3), bad ? broken : properties};
            case 8: case 9: case 10:
                return new String[] {"commit-" + name, bad ? broken : "{\"tasks\":" + random.nextInt(4) + "}"};
            case 11: case 12:
                return new String[] {"target-state-" + name, bad ? broken : pick("{\"state\":\"PAUSED\",\"state.v2\":\"STOPPED\"}",
                    "{\"state\":\"STARTED\"}", "{\"state\":\"PAUSED\"}", "{\"state\":\"STARTED\",\"state.v2\":\"STARTED\"}",
                    "{\"state\":\"PAUSED\",\"state.v2\":\"NEW\"}", "{\"state\":\"STARTED\",\"state.v2\":5}", "{\"state.v2\":\"STOPPED\"}", null)};
            case 13:
                return new String[] {"tasks-fencing-" + name, bad ? broken : pick("{\"task-count\":3}", "{\"task-count\":0}", null)};
            case 14:
                return new String[] {"session-key", bad ? broken : pick("{\"key\":\"AAEC\",\"algorithm\":\"HmacSHA256\",\"creation-timestamp\":1" + random.nextInt(9) + "}",
                    "{\"key\":\"AAEC\",\"algorithm\":\"HmacSHA256\",\"creation-timestamp\":1.5}", "{\"key\":5}", null)};
            default:
                return new String[] {pick("restart-connector-" + name, "logger-cluster-org.x", "task-a", "task-" + name + "-x", "task--2", "task-a-+1",
                    "session-keys", "rubbish", ""), bad ? broken : pick("{\"include-tasks\":true,\"only-failed\":false}", "{\"include-tasks\":\"x\"}",
                    "{\"level\":\"DEBUG\"}", "{\"level\":\"\"}", null)};
        }
    }

    private ObjectNode state() {
        ClusterConfigState state = store.snapshot();
        ObjectNode node = JSON.createObjectNode().put("offset", state.offset());
        if (state.sessionKey() != null)
            node.put("session", state.sessionKey().creationTimestamp());
        ObjectNode all = node.putObject("connectors");
        for (String name : new TreeSet<>(state.connectors())) {
            ObjectNode connector = all.putObject(name);
            connector.set("config", map(state.rawConnectorConfig(name)));
            connector.put("target", state.targetState(name).name());
            ArrayNode tasks = connector.putArray("tasks");
            for (ConnectorTaskId id : state.tasks(name))
                tasks.add(map(state.rawTaskConfig(id)));
            if (state.inconsistentConnectors().contains(name))
                connector.put("inconsistent", true);
            if (state.appliedConnectorConfigs.containsKey(name))
                connector.set("applied", map(state.appliedConnectorConfig(name)));
            if (state.taskConfigGeneration(name) != null)
                connector.put("generation", state.taskConfigGeneration(name));
            if (state.taskCountRecord(name) != null)
                connector.put("record", state.taskCountRecord(name));
            if (state.pendingFencing(name))
                connector.put("fencing", true);
        }
        return node;
    }

    /** Without the entries that are null, which Sluice leaves out. */
    private static ObjectNode map(Map<String, String> map) {
        ObjectNode node = JSON.createObjectNode();
        if (map != null)
            map.forEach((key, value) -> { if (value != null) node.put(key, value); });
        return node;
    }
}
