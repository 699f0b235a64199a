package org.apache.kafka.connect.runtime.distributed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.util.ConnectorTaskId;

/**
 * The group payloads of Kafka Connect: what it writes for workers and assignments, and what it reads
 * from whole, cut off and lengthened ones. Usage: PayloadCases FILE
 */
public final class PayloadCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] NAMES = {"c", "local-file-source", "ä-€-😀", "a b", "x".repeat(30), "c-1", ""};

    private final Random random = new Random(7);
    private final PrintWriter out;

    private PayloadCases(PrintWriter out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        try (PrintWriter out = new PrintWriter(args[0], "UTF-8")) {
            new PayloadCases(out).run();
        }
    }

    private void run() throws Exception {
        for (int i = 0; i < 16; i++) {
            ExtendedAssignment assignment = assignment(i);
            String url = "http://worker-" + i + ":8083/";
            long offset = i == 0 ? -1 : random.nextLong() >>> random.nextInt(63);
            ExtendedWorkerState state = new ExtendedWorkerState(url, offset, i % 5 == 0 ? null : assignment);
            written("metadata", "default", ConnectProtocol.serializeMetadata(state), describe(state, false), i);
            written("metadata", "compatible", IncrementalCooperativeConnectProtocol.serializeMetadata(state, false), describe(state, true), i);
            written("metadata", "sessioned", IncrementalCooperativeConnectProtocol.serializeMetadata(state, true), describe(state, true), i);
            written("assignment", "default", ConnectProtocol.serializeAssignment(assignment), describe(assignment, false), i);
            written("assignment", "compatible", IncrementalCooperativeConnectProtocol.serializeAssignment(assignment, false), describe(assignment, true), i);
            written("assignment", "sessioned", IncrementalCooperativeConnectProtocol.serializeAssignment(assignment, true), describe(assignment, true), i);
        }
        ByteBuffer negative = ByteBuffer.allocate(2).putShort(0, (short) -3);
        read("metadata", negative.array());
        read("assignment", negative.array());
    }

    private ExtendedAssignment assignment(int i) {
        return new ExtendedAssignment((short) (i % 2 + 1), (short) (i % 7 == 3 ? 1 : 0), "connect-" + i, "http://leader:" + i + "/",
            i - 1L, connectors(), tasks(), connectors(), tasks(), i % 3 == 0 ? 0 : random.nextInt(300_000));
    }

    private List<String> connectors() {
        List<String> names = new ArrayList<>();
        for (String name : NAMES)
            if (random.nextInt(3) == 0)
                names.add(name);
        if (random.nextInt(6) == 0)
            for (int i = 0; i < 14; i++)
                names.add("many-" + i);
        return names;
    }

    private List<ConnectorTaskId> tasks() {
        List<ConnectorTaskId> tasks = new ArrayList<>();
        for (int i = random.nextInt(9); i > 0; i--) {
            ConnectorTaskId task = new ConnectorTaskId(NAMES[random.nextInt(NAMES.length)], random.nextInt(20));
            if (!tasks.contains(task))
                tasks.add(task);
        }
        return tasks;
    }

    private static ObjectNode describe(ExtendedWorkerState state, boolean extended) {
        ObjectNode node = JSON.createObjectNode().put("url", state.url()).put("offset", state.offset());
        ExtendedAssignment allocation = state.assignment();
        boolean present = extended && allocation != null && !ExtendedAssignment.empty().equals(allocation);
        return node.set("allocation", present ? describe(allocation, true) : null);
    }

    private static ObjectNode describe(ConnectProtocol.Assignment assignment, boolean extended) {
        ObjectNode node = JSON.createObjectNode().put("error", assignment.error()).put("leader", assignment.leader())
            .put("leader_url", assignment.leaderUrl()).put("offset", assignment.offset());
        node.set("connectors", names(assignment.connectors()));
        node.set("tasks", ids(assignment.tasks()));
        if (extended) {
            ExtendedAssignment more = (ExtendedAssignment) assignment;
            node.set("revoked_connectors", names(more.revokedConnectors()));
            node.set("revoked_tasks", ids(more.revokedTasks()));
            node.put("delay", more.delay());
        }
        return node;
    }

    private static ArrayNode names(Collection<String> names) {
        ArrayNode array = JSON.createArrayNode();
        if (names != null)
            names.forEach(array::add);
        return array;
    }

    private static ArrayNode ids(Collection<ConnectorTaskId> tasks) {
        ArrayNode array = JSON.createArrayNode();
        if (tasks != null)
            tasks.forEach(task -> array.addArray().add(task.connector()).add(task.task()));
        return array;
    }

    private void written(String kind, String protocol, ByteBuffer buffer, ObjectNode value, int number) throws Exception {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        ObjectNode line = JSON.createObjectNode().put("do", "write").put("kind", kind).put("protocol", protocol)
            .put("hex", HexFormat.of().formatHex(bytes));
        line.set("value", value);
        out.println(JSON.writeValueAsString(line));
        if (number % 4 != 0)
            return;
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 3);
        read(kind, longer);
        for (int cut = 0; cut < 6; cut++)
            read(kind, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        for (int hit = 0; hit < 4; hit++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            read(kind, damaged);
        }
    }

    private void read(String kind, byte[] bytes) throws Exception {
        ObjectNode line = JSON.createObjectNode().put("do", "read").put("kind", kind).put("hex", HexFormat.of().formatHex(bytes));
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            line.set("value", kind.equals("metadata") ? describe(IncrementalCooperativeConnectProtocol.deserializeMetadata(buffer), true)
                : describe(IncrementalCooperativeConnectProtocol.deserializeAssignment(buffer), true));
        } catch (RuntimeException e) {
            line.put("error", e.getClass().getName());
        }
        out.println(JSON.writeValueAsString(line));
    }
}
