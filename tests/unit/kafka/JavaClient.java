import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Wrote the golden files beside it, with kafka-clients on the class path (tests/kafka/jars.sh):
 * `java JavaClient.java keys` gives java_client_keys.tsv; `java JavaClient.java values <
 * java_client_values.tsv` asks Java's clients about each row's value again.
 */
public class JavaClient {
  private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";

  private static void keys(String client, ConfigDef definition) {
    for (ConfigDef.ConfigKey key : new TreeMap<>(definition.configKeys()).values()) {
      String fallback =
          key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : "<required>";
      String rule = key.validator == null ? "" : key.validator.toString();
      System.out.println(
          String.join("\t", client, key.name, key.type.toString(), "" + fallback, rule));
    }
  }

  private static String judge(String client, String key, String value) {
    Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", "x:1"));
    for (String side : new String[] {"key", "value"}) {
      config.put(side + ".serializer", BYTES + "Serializer");
      config.put(side + ".deserializer", BYTES + "Deserializer");
    }
    config.put(key, value);
    try {
      switch (client) {
        case "P" -> new ProducerConfig(config);
        case "C" -> new ConsumerConfig(config);
        default -> new AdminClientConfig(config);
      }
      return "OK";
    } catch (RuntimeException e) {
      return e.getMessage();
    }
  }

  public static void main(String[] args) {
    if (args[0].equals("keys")) {
      keys("P", ProducerConfig.configDef());
      keys("C", ConsumerConfig.configDef());
      keys("A", AdminClientConfig.configDef());
      return;
    }
    new java.io.BufferedReader(new java.io.InputStreamReader(System.in))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .map(row -> String.join("\t", row[0], row[1], row[2], judge(row[0], row[1], row[2])))
        .forEach(System.out::println);
  }
}
