import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Wrote java_partitions.tsv, with kafka-clients on the class path (tests/kafka/jars.sh): keys as
 * hexadecimal bytes, and where Java's default partitioner puts them among 25 and among 7
 * partitions.
 */
public class JavaPartitions {
  private static byte[] utf8(String text) { return text.getBytes(StandardCharsets.UTF_8); }

  public static void main(String[] args) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      keys.add(
          utf8("[\"connector-" + (i % 37) + "\",{\"filename\":\"/var/log/app-" + i + ".log\"}]"));
    }
    for (int i = 0; i < 100; i++) {
      keys.add(utf8("[\"größe-" + i + "\",{\"tisch\":\"日本" + i + "\"}]"));
    }
    Random random = new Random(42);
    for (int i = 0; i < 500; i++) {
      byte[] key = new byte[1 + random.nextInt(40)];
      random.nextBytes(key);
      keys.add(key);
    }
    System.out.println("# key (hex)\tpartition of 25\tpartition of 7; BuiltInPartitioner of "
                       + "kafka-clients 4.3.0");
    for (byte[] key : keys) {
      System.out.println(HexFormat.of().formatHex(key) + "\t" +
                         BuiltInPartitioner.partitionForKey(key, 25) + "\t" +
                         BuiltInPartitioner.partitionForKey(key, 7));
    }
  }
}
