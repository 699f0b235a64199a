package org.apache.kafka.connect.runtime.distributed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.runtime.distributed.WorkerCoordinator.ConnectorsAndTasks;
import org.apache.kafka.connect.storage.ClusterConfigState;
import org.apache.kafka.connect.util.ConnectorTaskId;

/**
 * What Kafka Connect's incremental cooperative assignor decides over random histories of a cluster:
 * workers come, go, miss assignments and come back with old ones; connectors come, go and change their
 * number of tasks; leaders change and miss generations. Usage: RebalanceCases FILE SEED HISTORIES ROUNDS
 *
 * One line a round: what the leader knows, and what it orders. Connectors are written `c1`, tasks `c1-0`.
 */
public final class RebalanceCases {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int[] MAX_DELAYS = {0, 1, 1000, 1000, 5000, 300_000, 300_000};

    private final Random random;
    private final PrintWriter out;
    private final Map<String, Integer> configured = new TreeMap<>();
    private final TreeMap<String, LinkedHashSet<String>> running = new TreeMap<>();
    private final TreeMap<String, LinkedHashSet<String>> departed = new TreeMap<>();
    private long now;
    private int maxDelay;
    private int lastDelay;
    private int generation;
    private int lastGeneration;
    private IncrementalCooperativeAssignor assignor;
    private int workers;
    private int connectors;

    private RebalanceCases(PrintWriter out, long seed) {
        this.out = out;
        this.random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        try (PrintWriter out = new PrintWriter(args[0], "UTF-8")) {
            RebalanceCases cases = new RebalanceCases(out, Long.parseLong(args[1]));
            for (int history = Integer.parseInt(args[2]); history > 0; history--)
                cases.history(Integer.parseInt(args[3]));
        }
    }

    private void history(int rounds) throws Exception {
        configured.clear();
        running.clear();
        departed.clear();
        now = 1_000_000;
        maxDelay = MAX_DELAYS[random.nextInt(MAX_DELAYS.length)];
        lastDelay = 0;
        generation = 0;
        lastGeneration = -1;
        for (int i = 1 + random.nextInt(random.nextInt(8) == 0 ? 16 : 4); i > 0; i--)
            join();
        for (int i = random.nextInt(6); i > 0; i--)
            configure();
        boolean fresh = true;
        for (int round = 0; round < rounds; round++) {
            if (fresh)
                assignor = newAssignor();
            round(fresh);
            fresh = random.nextInt(25) == 0;
            for (int i = random.nextInt(3); i > 0; i--)
                change();
            now += pause();
        }
    }

    private long pause() {
        switch (random.nextInt(6)) {
            case 0: return 0;
            case 1: return 1;
            case 2: return lastDelay;
            case 3: return lastDelay / 2;
            case 4: return maxDelay + 1L;
            default: return random.nextInt(2000);
        }
    }

    private void join() {
        running.put("worker-" + Integer.toHexString(random.nextInt(1 << 20)) + "-" + workers++, new LinkedHashSet<>());
    }

    private void configure() {
        configured.put("c" + connectors++, random.nextInt(6));
    }

    private void change() {
        List<String> names = new ArrayList<>(configured.keySet());
        List<String> members = new ArrayList<>(running.keySet());
        switch (random.nextInt(9)) {
            case 0: case 1:
                if (running.size() < 18)
                    join();
                break;
            case 2: case 3:
                if (members.size() > 1) {
                    String gone = members.get(random.nextInt(members.size()));
                    departed.put(gone, running.remove(gone));
                }
                break;
            case 4:
                if (!departed.isEmpty()) {
                    Map.Entry<String, LinkedHashSet<String>> back = departed.pollFirstEntry();
                    // The same process under its old id with what it had, or a new one with nothing.
                    running.put(back.getKey(), random.nextInt(3) == 0 ? back.getValue() : new LinkedHashSet<>());
                }
                break;
            case 5: case 6:
                if (names.size() < 9)
                    configure();
                break;
            case 7:
                if (!names.isEmpty())
                    configured.remove(names.get(random.nextInt(names.size())));
                break;
            default:
                if (!names.isEmpty())
                    configured.put(names.get(random.nextInt(names.size())), random.nextInt(7));
        }
    }

    private IncrementalCooperativeAssignor newAssignor() {
        Time time = (Time) Proxy.newProxyInstance(Time.class.getClassLoader(), new Class<?>[] {Time.class},
            (proxy, method, args) -> {
                if (!method.getName().equals("milliseconds"))
                    throw new UnsupportedOperationException(method.getName());
                return now;
            });
        return new IncrementalCooperativeAssignor(new LogContext(), time, maxDelay);
    }

    private void round(boolean fresh) throws Exception {
        generation++;
        ObjectNode line = JSON.createObjectNode();
        if (fresh)
            line.put("max", maxDelay);
        line.put("now", now).put("gen", generation).put("last", lastGeneration);
        line.set("configured", JSON.valueToTree(configured));
        line.set("members", JSON.valueToTree(running));
        IncrementalCooperativeAssignor.ClusterAssignment result =
            assignor.performTaskAssignment(state(), lastGeneration, generation, allocations());
        lastDelay = assignor.delay;
        line.put("delay", lastDelay);
        ObjectNode orders = line.putObject("orders");
        // A leader that does not see its own assignment through does not know of the generation.
        if (random.nextInt(20) != 0)
            lastGeneration = generation;
        for (String member : running.keySet()) {
            Set<String> assigned = items(result.newlyAssignedConnectors(member), result.newlyAssignedTasks(member));
            Set<String> revoked = items(result.newlyRevokedConnectors(member), result.newlyRevokedTasks(member));
            orders.putObject(member).put("+", String.join(" ", assigned)).put("-", String.join(" ", revoked));
            if (random.nextInt(30) == 0)
                continue; // the assignment does not arrive
            running.get(member).removeAll(revoked);
            running.get(member).addAll(assigned);
        }
        out.println(JSON.writeValueAsString(line));
    }

    private ClusterConfigState state() {
        Map<String, Map<String, String>> configs = new HashMap<>();
        configured.keySet().forEach(name -> configs.put(name, Map.of()));
        return new ClusterConfigState(1, null, new HashMap<>(configured), configs, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(),
            Set.of(), Set.of());
    }

    private Map<String, ConnectorsAndTasks> allocations() {
        Map<String, ConnectorsAndTasks> allocations = new HashMap<>();
        running.forEach((member, items) -> {
            List<String> connectorItems = new ArrayList<>();
            List<ConnectorTaskId> taskItems = new ArrayList<>();
            for (String item : items) {
                int dash = item.indexOf('-');
                if (dash < 0)
                    connectorItems.add(item);
                else
                    taskItems.add(new ConnectorTaskId(item.substring(0, dash), Integer.parseInt(item.substring(dash + 1))));
            }
            allocations.put(member, new ConnectorsAndTasks.Builder().with(connectorItems, taskItems).build());
        });
        return allocations;
    }

    private static Set<String> items(Collection<String> connectors, Collection<ConnectorTaskId> tasks) {
        Set<String> items = new LinkedHashSet<>(connectors);
        tasks.forEach(task -> items.add(task.connector() + "-" + task.task()));
        return items;
    }
}
