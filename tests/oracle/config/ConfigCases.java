import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.runtime.AbstractHerder;
import org.apache.kafka.connect.runtime.ConnectorConfig;
import org.apache.kafka.connect.runtime.SinkConnectorConfig;
import org.apache.kafka.connect.runtime.SourceConnectorConfig;
import org.apache.kafka.connect.runtime.isolation.LoaderSwap;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfo;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.apache.kafka.connect.runtime.rest.entities.ConfigKeyInfo;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;

/**
 * Prints what Kafka Connect's own config definitions say about configurations, one JSON object a
 * line: {"kind":…,"config":{…},"infos":…} where infos is the ConfigInfos entity of the REST API.
 */
public class ConfigCases {
  // Our documentation is in our own words.
  @JsonIgnoreProperties({"documentation"})
  private abstract static class WithoutProse {}

  private static final ObjectMapper JSON =
      new ObjectMapper().addMixIn(ConfigKeyInfo.class, WithoutProse.class);
  private static final Set<String> complete = new HashSet<>();
  private static PrintStream out;
  private static Plugins plugins;
  private static StandaloneConfig worker;

  private static ConfigDef definition(String kind, Map<String, String> config) throws Exception {
    switch (kind) {
    case "source":
      return ConnectorConfig.enrich(
          plugins, SourceConnectorConfig.enrichedConfigDef(plugins, config, worker), config, false);
    case "sink":
      return ConnectorConfig.enrich(
          plugins, SinkConnectorConfig.enrichedConfigDef(plugins, config, worker), config, false);
    case "json":
      return new org.apache.kafka.connect.json.JsonConverter().config();
    case "string":
      return new org.apache.kafka.connect.storage.StringConverter().config();
    case "bytes":
      return new org.apache.kafka.connect.converters.ByteArrayConverter().config();
    default:
      throw new IllegalArgumentException(kind);
    }
  }

  private static void add(String kind, String... pairs) throws Exception {
    Map<String, String> config = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2)
      config.put(pairs[i], pairs[i + 1]);
    ConfigDef definition = definition(kind, config);
    Map<String, ConfigDef.ConfigKey> keys = definition.configKeys();
    List<String> groups = definition.groups();
    ConfigInfos infos;
    try (LoaderSwap swap = plugins.withClassLoader(plugins.delegatingLoader())) {
      infos = AbstractHerder.generateResult(config.getOrDefault("connector.class", ""), keys,
                                            definition.validate(config), groups);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind);
    line.put("config", config);
    // The whole answer once per kind, then only what a case is about.
    if (complete.add(kind)) {
      line.put("infos", infos);
    } else {
      line.put("errors", infos.errorCount());
      List<Object> values = new ArrayList<>();
      List<Object> definitions = new ArrayList<>();
      for (ConfigInfo info : infos.configs()) {
        String name = info.configValue().name();
        if (config.containsKey(name) || !info.configValue().errors().isEmpty() ||
            name.endsWith("plugin.version"))
          values.add(info.configValue());
        if (name.startsWith("transforms.") || name.startsWith("predicates."))
          definitions.add(info.configKey());
      }
      line.put("values", values);
      if (!definitions.isEmpty())
        line.put("definitions", definitions);
    }
    out.println(JSON.writeValueAsString(line));
  }

  // A source or sink configuration that is right but for `pairs`.
  private static void source(String... pairs) throws Exception {
    add("source", join(new String[] {"name", "c", "connector.class", "FileStreamSource"}, pairs));
  }

  private static void sink(String... pairs) throws Exception {
    add("sink", join(new String[] {"name", "c", "connector.class", "FileStreamSink", "topics", "t"},
                     pairs));
  }

  private static String[] join(String[] a, String[] b) {
    String[] all = new String[a.length + b.length];
    System.arraycopy(a, 0, all, 0, a.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  public static void main(String[] args) throws Exception {
    out = new PrintStream(args[0], "UTF-8");
    plugins = new Plugins(Map.of());
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("bootstrap.servers", "localhost:9092");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("offset.storage.file.filename", "/tmp/x");
    worker = new StandaloneConfig(settings);
    cases();
    out.close();
  }

  private static void cases() throws Exception {
    source();
    sink();
    add("source");
    add("sink");
    for (String name : new String[] {"", " ", "a\nb", "a\r\nb", "a/b {x} é", "\u0001", "a\u007fb"})
      source("name", name);
    for (String n : new String[] {"", "0", "-1", "x", "1.5", " 7 ", "+3", "2147483647", "2147483648",
                                  "0x10", "1_000", "1e3"})
      source("tasks.max", n);
    for (String b : new String[] {"TRUE", "False", " true ", "yes", "1", ""})
      source("tasks.max.enforce", b, "errors.log.enable", b);
    for (String l : new String[] {"9223372036854775808", "-1", "x", "", " 12 "})
      source("errors.retry.timeout", l, "errors.retry.delay.max.ms", l,
             "transaction.boundary.interval.ms", l);
    for (String v : new String[] {"none", "all", "ALL", "", " none ", "restart", "x"})
      sink("errors.tolerance", v, "config.action.reload", v);
    for (String v : new String[] {"requested", "REQUIRED", "x", "", " poll "})
      source("exactly.once.support", v, "transaction.boundary", v);
    for (String v : new String[] {"", " ", "t"})
      source("offsets.storage.topic", v);
    for (String v : new String[] {"", "g", "g,h", "g,g", "g, ,h", " g , h ", ",", "g,"})
      source("topic.creation.groups", v);
    for (String v : new String[] {"", "a", "a,b", " a , b ,c", "a,,b", ",a", "a,", ",", "a,a", "a b"})
      sink("topics", v);
    for (String v : new String[] {"", "t.*", "(", "a{2", "[z-a]", "*"})
      sink("topics.regex", v);
    for (String v : new String[] {"1", "-1", "0", "32767", "32768", "x", ""})
      sink("errors.deadletterqueue.topic.replication.factor", v);
    for (String v : new String[] {"JsonConverter", "org.apache.kafka.connect.json.JsonConverter",
                                  "org.apache.kafka.connect.storage.StringConverter", "nope", "",
                                  " org.apache.kafka.connect.storage.StringConverter "})
      sink("key.converter", v, "value.converter", v, "header.converter", v);
    sink("header.converter", "org.apache.kafka.connect.storage.SimpleHeaderConverter");
    sink("key.converter", "org.apache.kafka.connect.storage.StringConverter",
         "key.converter.plugin.version", "9.9.9");
    for (String v : new String[] {"", "4.3.0", "[4.3.0]", "(,)", "[1.0,5.0)", "latest", "9.9.9", "[", "x"})
      sink("connector.plugin.version", v, "value.converter.plugin.version", v);
    sink("no.such.key", "1", "consumer.override.x", "y");
    source("transforms", "a", "transforms.a.type", "nope");
    source("transforms", "a,b", "predicates", "p", "transforms.a.negate", "true");
    source("transforms", "a, ,a", "transforms.a.type", "nope");
    source("predicates", "p", "predicates.p.type", "nope", "transforms", "");
    for (String k : new String[] {"json", "string", "bytes"}) {
      add(k);
      add(k, "converter.type", "key");
      add(k, "converter.type", "nope");
    }
    for (String v : new String[] {"base64", "NUMERIC", "numeric", "hex", ""})
      add("json", "converter.type", "value", "decimal.format", v);
    for (String v : new String[] {"true", "no", ""})
      add("json", "converter.type", "value", "schemas.enable", v, "replace.null.with.default", v,
          "schemas.cache.size", v);
    add("string", "converter.type", "value", "converter.encoding", "nope");
  }
}
