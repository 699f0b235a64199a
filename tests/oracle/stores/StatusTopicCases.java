package org.apache.kafka.connect.storage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.runtime.AbstractStatus;
import org.apache.kafka.connect.runtime.AbstractStatus.State;
import org.apache.kafka.connect.runtime.ConnectorStatus;
import org.apache.kafka.connect.runtime.TaskStatus;
import org.apache.kafka.connect.runtime.TopicStatus;
import org.apache.kafka.connect.util.ConnectorTaskId;
import org.apache.kafka.connect.util.KafkaBasedLog;

/**
 * The status topic of Kafka Connect: what its store writes, and does not write, for each call, and what it
 * makes of records, good and bad ones in random order. Usage: StatusTopicCases FILE SEED SEQUENCES STEPS
 */
public final class StatusTopicCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] NAMES = {"a", "b-c", "ä:b"};
    private static final State[] TASK_STATES = {State.UNASSIGNED, State.RUNNING, State.PAUSED, State.FAILED, State.RESTARTING, State.DESTROYED};

    private final Random random;
    private final PrintWriter out;
    private KafkaStatusBackingStore store;
    private String[] written;

    private StatusTopicCases(PrintWriter out, long seed) {
        this.out = out;
        this.random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        try (PrintWriter out = new PrintWriter(args[0], "UTF-8")) {
            StatusTopicCases cases = new StatusTopicCases(out, Long.parseLong(args[1]));
            for (int i = Integer.parseInt(args[2]); i > 0; i--)
                cases.sequence(Integer.parseInt(args[3]));
        }
    }

    private final class Log extends KafkaBasedLog<String, byte[]> {
        private Log() {
            super("statuses", Map.of(), Map.of(), () -> null, (error, record) -> { }, Time.SYSTEM, admin -> { });
        }
        @Override public void send(String key, byte[] value, org.apache.kafka.clients.producer.Callback done) {
            written = new String[] {key, value == null ? null : new String(value, StandardCharsets.UTF_8)};
        }
        @Override public void send(String key, byte[] value) { send(key, value, null); }
    }

    private void sequence(int steps) throws Exception {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), false);
        store = new KafkaStatusBackingStore(Time.SYSTEM, converter, "statuses", () -> null, new Log());
        out.println("{\"do\":\"new\"}");
        String last = "";
        for (int i = 0; i < steps; i++) {
            ObjectNode line = JSON.createObjectNode();
            written = null;
            if (random.nextInt(3) == 0)
                put(line);
            else
                read(line);
            ObjectNode state = state();
            if (!state.toString().equals(last))
                line.set("state", state);
            last = state.toString();
            out.println(JSON.writeValueAsString(line));
            if (written != null && random.nextInt(2) == 0) {
                read(line = JSON.createObjectNode(), written);
                state = state();
                if (!state.toString().equals(last))
                    line.set("state", state);
                last = state.toString();
                out.println(JSON.writeValueAsString(line));
            }
        }
    }

    private String pick(String... values) {
        return values[random.nextInt(values.length)];
    }

    private void put(ObjectNode line) {
        String name = NAMES[random.nextInt(NAMES.length)];
        State state = TASK_STATES[random.nextInt(TASK_STATES.length)];
        String worker = pick("w1:8083", "w2:8083");
        int generation = random.nextInt(4);
        String trace = state == State.FAILED ? pick("java.lang.X: \"ä\"\n\tat 😀", "t") : null;
        String version = pick("4.3.0", null);
        int task = random.nextInt(4) - 1;
        boolean safe = state == State.FAILED || state == State.UNASSIGNED;
        line.put("do", "put").put("name", name).put("task", task).put("status", state.name()).put("worker", worker)
            .put("generation", generation).put("trace", trace).put("version", version).put("safe", safe);
        if (random.nextInt(8) == 0) {
            line.put("topic", "t:1").put("timestamp", 1_700_000_000_000L + task);
            if (state == State.DESTROYED)
                store.deleteTopic(name, "t:1");
            else
                store.put(new TopicStatus("t:1", name, Math.max(task, 0), 1_700_000_000_000L + task));
        } else if (task < 0) {
            ConnectorStatus status = new ConnectorStatus(name, state, trace, worker, generation, version);
            if (safe)
                store.putSafe(status);
            else
                store.put(status);
        } else {
            TaskStatus status = new TaskStatus(new ConnectorTaskId(name, task), state, worker, generation, trace, version);
            if (safe)
                store.putSafe(status);
            else
                store.put(status);
        }
        if (written != null)
            line.putArray("written").add(written[0]).add(written[1]);
    }

    private void read(ObjectNode line) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String worker = pick("w1:8083", "w2:8083");
        String value = pick("{\"state\":\"" + pick("RUNNING", "RUNNING", "UNASSIGNED", "FAILED", "PAUSED", "STOPPED") + "\",\"trace\":" + pick("null", "\"t\"")
            + ",\"worker_id\":\"" + worker + "\",\"generation\":" + random.nextInt(4) + pick("", ",\"version\":\"4.3.0\"", ",\"version\":null") + "}");
        if (random.nextInt(8) == 0)
            value = pick(null, "", "{", "5", "{}", "null", value.replace("\"generation\":", "\"generation\":1."), value.replace("state", "estate"),
                value.replace("RUNNING", "BROKEN"), "[]", value.replace("\"w", "5,\"w"));
        if (random.nextInt(12) == 0)
            value = null;
        String key;
        switch (random.nextInt(10)) {
            case 0: case 1: case 2:
                key = "status-connector-" + name;
                break;
            case 3: case 4: case 5: case 6:
                key = "status-task-" + name + "-" + random.nextInt(3);
                break;
            case 7: case 8:
                String topic = pick("t", "u.v");
                key = "status-topic-" + topic + ":connector-" + name;
                if (value != null && random.nextInt(5) != 0)
                    value = "{\"topic\":{\"name\":\"" + topic + "\",\"connector\":\"" + name + "\",\"task\":" + random.nextInt(3) + ",\"discoverTimestamp\":17" + random.nextInt(9) + "}}";
                break;
            default:
                key = pick("status-task-a", "status-task-a-x", "status-connector-", "status-topic-x", "status-topic-:connector-", "rubbish", "status-topic-t:connector-");
        }
        read(line, new String[] {key, value});
    }

    private void read(ObjectNode line, String[] record) {
        line.put("do", "read").put("key", record[0]).put("value", record[1]);
        byte[] bytes = record[1] == null ? null : record[1].getBytes(StandardCharsets.UTF_8);
        try {
            store.read(new ConsumerRecord<>("statuses", 0, 0, record[0], bytes));
        } catch (RuntimeException e) {
            line.put("thrown", e.getClass().getName());
        }
    }

    private ObjectNode state() {
        ObjectNode node = JSON.createObjectNode();
        for (String name : new TreeSet<>(java.util.List.of(NAMES))) {
            ObjectNode connector = JSON.createObjectNode();
            ConnectorStatus status = store.get(name);
            if (status != null)
                connector.set("connector", describe(status));
            TreeMap<Integer, TaskStatus> tasks = new TreeMap<>();
            store.getAll(name).forEach(task -> tasks.put(task.id().task(), task));
            tasks.forEach((number, task) -> connector.set(number.toString(), describe(task)));
            TreeMap<String, TopicStatus> topics = new TreeMap<>();
            store.getAllTopics(name).forEach(topic -> topics.put(topic.topic(), topic));
            topics.forEach((topic, seen) -> connector.put("topic " + topic, seen.task() + " " + seen.discoverTimestamp()));
            if (!connector.isEmpty())
                node.set(name, connector);
        }
        return node;
    }

    private static ObjectNode describe(AbstractStatus<?> status) {
        return JSON.createObjectNode().put("state", status.state().name()).put("trace", status.trace()).put("worker", status.workerId())
            .put("generation", status.generation()).put("version", status.version());
    }
}
