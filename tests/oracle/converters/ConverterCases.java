import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;

/**
 * Prints what Kafka Connect's converters make of bytes, one JSON object a line: the converter and its
 * configuration, the bytes in hex, the schema and value that came out (or the errors, outermost
 * first), and what several converters write for that value.
 */
public class ConverterCases {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[][] WRITERS = {
      {"json", "schemas.enable", "true"},
      {"json", "schemas.enable", "false"},
      {"json", "schemas.enable", "false", "decimal.format", "NUMERIC"},
      {"json", "schemas.enable", "false", "replace.null.with.default", "false"},
      {"string"},
      {"string", "converter.encoding", "UTF-16"},
      {"string", "converter.encoding", "ISO-8859-1"},
      {"bytes"},
      {"long"},
      {"boolean"},
  };
  private static PrintStream out;

  private static Converter converter(String[] spec) throws Exception {
    String name;
    switch (spec[0]) {
    case "json":
      name = "json.JsonConverter";
      break;
    case "string":
      name = "storage.StringConverter";
      break;
    case "bytes":
      name = "converters.ByteArrayConverter";
      break;
    default:
      name = "converters." + Character.toUpperCase(spec[0].charAt(0)) + spec[0].substring(1) +
             "Converter";
    }
    Converter made =
        (Converter)Class.forName("org.apache.kafka.connect." + name).getConstructor().newInstance();
    made.configure(config(spec), false);
    return made;
  }

  private static Map<String, String> config(String[] spec) {
    Map<String, String> config = new LinkedHashMap<>();
    for (int i = 1; i < spec.length; i += 2)
      config.put(spec[i], spec[i + 1]);
    return config;
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes)
      text.append(String.format("%02x", b));
    return text.toString();
  }

  private static List<Object> errors(Throwable error) {
    List<Object> list = new ArrayList<>();
    for (Throwable e = error; e != null; e = e.getCause())
      list.add(List.of(e.getClass().getName(), e.getMessage() == null ? "" : e.getMessage()));
    return list;
  }

  // A value with its types, as the C++ test prints a tape.
  private static String dump(Schema schema, Object value) {
    if (value == null)
      return "null";
    if (value instanceof BigDecimal)
      return "dec" + ((BigDecimal)value).scale() + ":" +
          hex(((BigDecimal)value).unscaledValue().toByteArray());
    if (value instanceof Date)
      return "date:" + ((Date)value).getTime();
    if (value instanceof Boolean)
      return value.toString();
    if (value instanceof Byte)
      return "i8:" + value;
    if (value instanceof Short)
      return "i16:" + value;
    if (value instanceof Integer)
      return "i32:" + value;
    if (value instanceof Long)
      return "i64:" + value;
    if (value instanceof Float)
      return String.format("f32:%08x", Float.floatToRawIntBits((Float)value));
    if (value instanceof Double)
      return String.format("f64:%016x", Double.doubleToRawLongBits((Double)value));
    if (value instanceof String) {
      StringBuilder units = new StringBuilder("s:");
      for (char c : ((String)value).toCharArray())
        units.append(String.format("%04x", (int)c));
      return units.toString();
    }
    if (value instanceof byte[])
      return "b:" + hex((byte[])value);
    if (value instanceof ByteBuffer)
      return "b:" + hex(((ByteBuffer)value).array());
    StringBuilder text = new StringBuilder();
    if (value instanceof List) {
      for (Object item : (List<?>)value)
        text.append(text.length() == 0 ? "" : ",").append(
            dump(schema == null ? null : schema.valueSchema(), item));
      return "[" + text + "]";
    }
    if (value instanceof Map) {
      for (Map.Entry<?, ?> e : ((Map<?, ?>)value).entrySet())
        text.append(text.length() == 0 ? "" : ",")
            .append(dump(schema == null ? null : schema.keySchema(), e.getKey()))
            .append("=")
            .append(dump(schema == null ? null : schema.valueSchema(), e.getValue()));
      return "{" + text + "}";
    }
    Struct struct = (Struct)value;
    for (Field field : struct.schema().fields())
      text.append(text.length() == 0 ? "" : ",")
          .append(dump(field.schema(), struct.getWithoutDefault(field.name())));
    return "(" + text + ")";
  }

  // All bytes of a character set, and what they become on the way back.
  private static void addBytes(byte[] bytes, String encoding) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    String[] spec = {"string", "converter.encoding", encoding};
    line.put("class", "string");
    line.put("config", config(spec));
    line.put("in", hex(bytes));
    SchemaAndValue read = converter(spec).toConnectData("t", bytes);
    line.put("value", dump(read.schema(), read.value()));
    String more = "\u20ac\u00fc\u0416\u65e5\ud83d\ude00?";
    line.put("back", hex(converter(spec).fromConnectData("t", null, read.value() + more)));
    out.println(JSON.writeValueAsString(line));
  }

  private static void add(byte[] bytes, String... spec) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("class", spec[0]);
    line.put("config", config(spec));
    line.put("in", bytes == null ? null : hex(bytes));
    SchemaAndValue read = null;
    try {
      read = spec[0].equals("simple") ? new SimpleHeaderConverter().toConnectHeader("t", "h", bytes)
                                      : converter(spec).toConnectData("t", bytes);
      if (read == null)
        read = SchemaAndValue.NULL;
    } catch (Exception e) {
      line.put("errors", errors(e));
    }
    if (read != null) {
      JsonConverter schemas = (JsonConverter)converter(new String[] {"json"});
      line.put("schema", schemaText(schemas, read.schema()));
      line.put("value", dump(read.schema(), read.value()));
      List<Object> written = new ArrayList<>();
      for (String[] writer : WRITERS)
        written.add(write(converter(writer), read,
                          writer[0].equals("string") && writer.length > 1 ? writer[2] : "UTF-8"));
      written.add(writeHeader(read));
      line.put("written", written);
    }
    out.println(JSON.writeValueAsString(line));
  }

  // A map of null has no JSON form, nor have some defaults.
  private static String schemaText(JsonConverter schemas, Schema schema) throws Exception {
    try {
      return new String(JSON.writeValueAsBytes(schemas.asJsonSchema(schema)), StandardCharsets.UTF_8);
    } catch (RuntimeException e) {
      return e.getClass().getName();
    }
  }

  private static Object write(Converter writer, SchemaAndValue value, String encoding) {
    try {
      byte[] bytes = writer.fromConnectData("t", value.schema(), value.value());
      return bytes == null ? null : hex(withoutAddresses(bytes, encoding));
    } catch (Exception e) {
      return errors(e);
    }
  }

  // A byte array prints its address.
  private static byte[] withoutAddresses(byte[] bytes, String encoding) throws Exception {
    String text = new String(bytes, encoding);
    String same = text.replaceAll("\\[B@[0-9a-f]+", "[B@0");
    return same.equals(text) ? bytes : same.getBytes(encoding);
  }

  private static Object writeHeader(SchemaAndValue value) {
    try {
      byte[] bytes =
          new SimpleHeaderConverter().fromConnectHeader("t", "h", value.schema(), value.value());
      return bytes == null ? null : hex(bytes);
    } catch (Exception e) {
      return errors(e);
    }
  }

  private static void plain(String... texts) throws Exception {
    for (String text : texts)
      add(text.getBytes(StandardCharsets.UTF_8), "json", "schemas.enable", "false");
  }

  private static void envelope(String schema, String... payloads) throws Exception {
    for (String payload : payloads)
      add(("{\"schema\":" + schema + ",\"payload\":" + payload + "}")
              .getBytes(StandardCharsets.UTF_8),
          "json");
  }

  private static void whole(String... texts) throws Exception {
    for (String text : texts)
      add(text.getBytes(StandardCharsets.UTF_8), "json");
  }

  private static String type(String name, String... more) {
    StringBuilder text = new StringBuilder("{\"type\":\"" + name + "\"");
    for (String part : more)
      text.append(",").append(part);
    return text.append("}").toString();
  }

  private static byte[] bytes(int... values) {
    byte[] made = new byte[values.length];
    for (int i = 0; i < values.length; i++)
      made[i] = (byte)values[i];
    return made;
  }

  public static void main(String[] args) throws Exception {
    out = new PrintStream(args[0], "UTF-8");
    if (args.length > 1) {
      new RandomCases(Long.parseLong(args[1])).run(Integer.parseInt(args[2]));
      out.close();
      return;
    }
    schemaless();
    withSchemas();
    structs();
    schemaTexts();
    logicals();
    contents();
    others();
    decimals();
    headers();
    encodings();
    mixtures();
    out.close();
  }

  /** Texts with and without schemas, most of them right; asked for by a seed and a number. */
  private static class RandomCases {
    private static final String[] SCALARS = {"int8", "int16", "int32", "int64", "float",
                                             "double", "boolean", "string", "bytes"};
    private static final String[] ANY = {
        "0", "-1", "7", "127", "128", "300", "70000", "3000000000", "9223372036854775807",
        "9223372036854775808", "1.5", "-0.0", "0.1", "1e10", "1.0E-7", "123456789.25", "1e400", "12.30",
        "true", "false", "null", "\"\"", "\"x\"", "\"AQI=\"", "\"a\\\"b\\\\c\\n\"", "\"\\u00e9\\ud83d\\ude00\"",
        "\"\u20ac\"", "[]", "{}", "[1,\"a\"]", "{\"b\":1,\"a\":[null]}", "007", "1x", "[1", "\"2\""};
    private static final String[] KEYS = {"a", "b", "q", "name", "id", "Aa", "BB", "topic", "partition", "x y"};
    private static final String[][] CONFIGS = {
        {"json"}, {"json"}, {"json", "replace.null.with.default", "false"}};
    private final java.util.Random random;

    RandomCases(long seed) { random = new java.util.Random(seed); }

    private String pick(String[] from) { return from[random.nextInt(from.length)]; }

    void run(int count) throws Exception {
      for (int i = 0; i < count; i++) {
        if (random.nextInt(4) == 0) {
          plain(free(0));
          continue;
        }
        StringBuilder payload = new StringBuilder();
        String schema = schema(payload, 0);
        String text = random.nextInt(30) == 0
                          ? "{\"payload\":" + payload + ",\"schema\":" + schema + "}"
                          : "{\"schema\":" + schema + ",\"payload\":" + payload + "}";
        add(text.getBytes(StandardCharsets.UTF_8), CONFIGS[random.nextInt(CONFIGS.length)]);
      }
    }

    private String free(int depth) {
      int kind = random.nextInt(depth > 3 ? 4 : 8);
      if (kind < 4)
        return pick(ANY);
      List<String> parts = new ArrayList<>();
      for (int left = random.nextInt(5); left > 0; left--)
        parts.add((kind < 6 ? "" : "\"" + pick(KEYS) + "\":") + free(depth + 1));
      String space = random.nextInt(5) == 0 ? " " : "";
      return (kind < 6 ? "[" : "{") + String.join("," + space, parts) + (kind < 6 ? "]" : "}");
    }

    // A schema, and a text for it.
    private String schema(StringBuilder payload, int depth) {
      List<String> more = new ArrayList<>();
      boolean optional = random.nextInt(3) == 0;
      if (optional)
        more.add("\"optional\":true");
      if (random.nextInt(6) == 0)
        more.add("\"name\":\"n." + pick(KEYS) + "\"");
      if (random.nextInt(8) == 0)
        more.add("\"version\":" + random.nextInt(9));
      if (random.nextInt(8) == 0)
        more.add("\"doc\":\"d\"");
      if (random.nextInt(10) == 0)
        more.add("\"parameters\":{\"p\":\"v\"}");
      int kind = random.nextInt(depth > 2 ? 6 : 10);
      String text = kind < 5   ? scalar(payload, more)
                    : kind < 6 ? logical(payload, more)
                    : kind < 7 ? array(payload, more, depth)
                    : kind < 8 ? map(payload, more, depth)
                               : structure(payload, more, depth);
      if (random.nextInt(15) == 0) {
        payload.setLength(0);
        payload.append(pick(ANY));
      } else if (optional && random.nextInt(4) == 0) {
        payload.setLength(0);
        payload.append("null");
      }
      return text;
    }

    private String scalar(StringBuilder payload, List<String> more) {
      String name = pick(SCALARS);
      for (int left = random.nextInt(3); left >= 0; left--) {
        payload.setLength(0);
        payload.append(value(name));
      }
      if (random.nextInt(6) == 0)
        more.add("\"default\":" + value(name));
      return type(name, more.toArray(new String[0]));
    }

    private String value(String name) {
      switch (name) {
      case "boolean":
        return random.nextBoolean() ? "true" : "false";
      case "string":
        return pick(new String[] {"\"\"", "\"x\"", "\"a\\\"b\"", "\"\u20ac\"", "\"\\ud83d\\ude00\"", "\"a longer text\""});
      case "bytes":
        return pick(new String[] {"\"\"", "\"AQI=\"", "\"/////w==\""});
      default:
        return pick(new String[] {"0", "-1", "7", "300", "70000", "3000000000", "1.5", "-2.25", "1e10", "0.1"});
      }
    }

    private String logical(StringBuilder payload, List<String> more) {
      String p = "\"name\":\"org.apache.kafka.connect.data.";
      more.removeIf(part -> part.startsWith("\"name\"") || part.startsWith("\"parameters\""));
      switch (random.nextInt(4)) {
      case 0:
        more.add(p + "Decimal\"");
        more.add("\"parameters\":{\"scale\":\"" + (random.nextInt(5) - 1) + "\"}");
        payload.append(pick(new String[] {"12.34", "1.5", "0", "7", "\"AQI=\"", "\"/w==\"", "1E3", "-0.001",
                                          "123456789012345678901234567890.5"}));
        return type("bytes", more.toArray(new String[0]));
      case 1:
        more.add(p + "Date\"");
        payload.append(pick(new String[] {"0", "19000", "-1", "-200000", "3000000"}));
        return type("int32", more.toArray(new String[0]));
      case 2:
        more.add(p + "Time\"");
        payload.append(pick(new String[] {"0", "1", "86399999", "86400000", "86400001", "-1"}));
        return type("int32", more.toArray(new String[0]));
      default:
        more.add(p + "Timestamp\"");
        payload.append(pick(new String[] {"0", "1700000000123", "-1", "-62135769600000", "253402300800000"}));
        return type("int64", more.toArray(new String[0]));
      }
    }

    private String array(StringBuilder payload, List<String> more, int depth) {
      StringBuilder item = new StringBuilder();
      more.add("\"items\":" + schema(item, depth + 1));
      List<String> items = new ArrayList<>();
      for (int left = random.nextInt(4); left > 0; left--)
        items.add(random.nextInt(12) == 0 ? pick(ANY) : item.toString());
      payload.append("[").append(String.join(",", items)).append("]");
      return type("array", more.toArray(new String[0]));
    }

    private String map(StringBuilder payload, List<String> more, int depth) {
      StringBuilder value = new StringBuilder();
      boolean objects = random.nextBoolean();
      String key = objects ? "string" : pick(new String[] {"int8", "int32", "int64", "double", "boolean", "string"});
      more.add("\"keys\":" + type(key));
      more.add("\"values\":" + schema(value, depth + 1));
      objects = key.equals("string");
      List<String> entries = new ArrayList<>();
      for (int left = random.nextInt(5); left > 0; left--)
        entries.add(objects ? "\"" + pick(KEYS) + "\":" + value : "[" + value(key) + "," + value + "]");
      payload.append(objects ? "{" : "[").append(String.join(",", entries)).append(objects ? "}" : "]");
      return type("map", more.toArray(new String[0]));
    }

    private String structure(StringBuilder payload, List<String> more, int depth) {
      List<String> fields = new ArrayList<>();
      List<String> members = new ArrayList<>();
      List<String> names = new ArrayList<>(List.of(KEYS));
      java.util.Collections.shuffle(names, random);
      for (int i = random.nextInt(5); i > 0; i--) {
        StringBuilder value = new StringBuilder();
        String schema = schema(value, depth + 1);
        fields.add(schema.substring(0, schema.length() - 1) + ",\"field\":\"" + names.get(i) + "\"}");
        if (random.nextInt(6) != 0)
          members.add("\"" + names.get(i) + "\":" + value);
      }
      if (random.nextInt(5) == 0)
        members.add("\"other\":" + pick(ANY));
      if (random.nextInt(3) == 0)
        java.util.Collections.shuffle(members, random);
      more.add("\"fields\":[" + String.join(",", fields) + "]");
      payload.append("{").append(String.join(",", members)).append("}");
      return type("struct", more.toArray(new String[0]));
    }
  }

  private static void schemaless() throws Exception {
    add(null, "json", "schemas.enable", "false");
    add(null, "json");
    plain("", " ", "null", "true", "false", "0", "-0", "1", "-1", "007", "127", "9223372036854775807",
          "9223372036854775808", "-9223372036854775809", "12345678901234567890123", "1.5", "-0.0",
          "1e10", "1E-7", "1e400", "-1e400", "-1e-400", "0.1", "100.0", "123456789.125", "1e21",
          "4.9e-324", "1.7976931348623157e308", "3.0", "1e2147483648", "1e99999999999");
    plain("\"\"", "\"abc\"", "\"a\\\"b\\\\c\\/d\\n\\t\\r\\b\\f\\u0000\\u001f\"", "\"é\u2028\uFFFD\"",
          "\"\uD83D\uDE00\"", "\"\\uD83D\\uDE00\"", "\"\\ud83d\"", "\"\\ude00x\"", "\"a\u007fb\"",
          "\"</script>&'\"");
    plain("[]", "[1,\"a\",null,true,[2.5],{}]", "{}", "{\"a\":1}", "{\"b\":1,\"a\":2,\"c\":3}",
          "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"\":1,\" \":2}", "{\"\uD83D\uDE00\":1}",
          "{\"cluster\":1,\"topic\":2,\"partition\":3}", "{\"Aa\":1,\"BB\":2}", "{\"BB\":1,\"Aa\":2}",
          "{\"AaAa\":1,\"BBBB\":2,\"AaBB\":3,\"BBAa\":4,\"x\":5}",
          "{\"BBAa\":1,\"AaBB\":2,\"BBAa\":3,\"AaAa\":4}",
          "{\"n\":{\"z\":{\"y\":[{\"b\":1,\"a\":null}]}},\"m\":{}}");
    StringBuilder many = new StringBuilder("{");
    for (int i = 0; i < 40; i++)
      many.append(i == 0 ? "" : ",").append("\"key").append(i * 7919).append("\":").append(i);
    plain(many + "}");
    plain("{\"name\":1,\"connector.class\":2,\"tasks.max\":3,\"topics\":4,\"file\":5," +
              "\"key.converter\":6,\"value.converter\":7,\"errors.tolerance\":8,\"transforms\":9," +
              "\"transforms.a.type\":10,\"transforms.a.field\":11,\"errors.log.enable\":12," +
              "\"header.converter\":13}");
    plain("{", "[1,", "tru", "1x", "1 2", "{}x", "{\"a\":1}}", "\"a", "\uFEFF1", "[1e]", "nan");
    add(bytes('1', 0), "json", "schemas.enable", "false");
    add(bytes(0, '[', 0, '1', 0, ']'), "json", "schemas.enable", "false");
    add(bytes(0xFE, 0xFF, 0, '"', 0x20, 0xAC, 0, '"'), "json", "schemas.enable", "false");
    add(bytes('"', 0xC0, 0x80, '"'), "json", "schemas.enable", "false");
    add(bytes('"', 0xFF, '"'), "json", "schemas.enable", "false");
    add(bytes('"', 0xED, 0xA0, 0x80, '"'), "json", "schemas.enable", "false");
    plain("[".repeat(1000) + "]".repeat(1000), "[".repeat(1001) + "]".repeat(1001), "1".repeat(1001));
  }

  private static void withSchemas() throws Exception {
    whole("", " ", "null", "1", "{}", "{\"schema\":null}", "{\"payload\":1}",
          "{\"schema\":null,\"payload\":1,\"x\":2}", "{\"schema\":null,\"payload\":{\"b\":1,\"a\":2}}",
          "{\"schema\":null,\"payload\":null}", "{\"payload\":5,\"schema\":{\"type\":\"int8\"}}",
          "{\"schema\":null,\"payload\":1,\"payload\":2}", "{\"schema\":{\"type\":\"int8\"}} x",
          "{\"schema\":null,\"payload\":1", "{\"schema\":{\"type\":\"nope\"},\"payload\":[}",
          "{ \"schema\" : { \"type\" : \"string\" } , \"payload\" : \"x\" } tail");
    for (String name : new String[] {"int8", "int16", "int32", "int64"})
      envelope(type(name), "5", "-1", "300", "70000", "3000000000", "1.9", "-1.9", "1e39", "1e400",
               "\"5\"", "true", "[1]", "null", "9223372036854775808");
    for (String name : new String[] {"float", "double"})
      envelope(type(name), "1", "1.5", "0.1", "1e10", "1e39", "1e400", "-0.0", "-1e-400", "\"x\"",
               "16777217", "123456789012345678901234567890", "null", "{}");
    envelope(type("double"), "9007199254740993");
    envelope(type("boolean"), "true", "false", "\"true\"", "1", "null");
    envelope(type("string"), "\"x\"", "5", "null", "{}");
    envelope(type("string", "\"optional\":true"), "\"x\"", "5", "null");
    envelope(type("bytes"), "\"AQID\"", "\"\"", "\" AQI= \"", "\"AQ\"", "\"A_-=\"", "\"AQ ID\"", "5",
             "null");
    envelope(type("int32", "\"optional\":true", "\"default\":7"), "null", "8");
    envelope(type("int32", "\"default\":7"), "null", "8");
    String ints = type("array", "\"items\":" + type("int32"));
    envelope(ints, "[1,2]", "[]", "{\"a\":1,\"b\":2}", "5", "\"x\"", "null", "[1,null]", "[\"a\"]");
    envelope(type("array", "\"items\":" + type("string")), "[\"a\",5]");
    String map = type("map", "\"keys\":" + type("string"), "\"values\":" + type("int32"));
    envelope(map, "{\"b\":1,\"a\":2,\"c\":3}", "{}", "[]", "5", "{\"a\":null}", "{\"a\":1,\"a\":2}");
    String pairs = type("map", "\"keys\":" + type("int32"), "\"values\":" + type("string"));
    envelope(pairs, "[[17,\"a\"],[1,\"b\"],[33,\"c\"]]", "[]", "{}", "[1]", "[[1]]", "[[1,\"a\",2]]",
             "[[1,\"a\"],[1,\"b\"]]", "[[1,null]]", "[[1,5]]");
    envelope(type("map", "\"keys\":" + type("int64"), "\"values\":" + type("int8")),
             "[[4294967296,1],[1,2],[-1,3]]");
    envelope(type("map", "\"keys\":" + type("boolean"), "\"values\":" + type("int8")),
             "[[true,1],[false,2]]");
    envelope(type("map", "\"keys\":" + type("double"), "\"values\":" + type("int8")),
             "[[1.5,1],[-2.25,2],[1e10,3]]");
  }

  private static void structs() throws Exception {
    String point = type("struct",
                        "\"fields\":[{\"type\":\"int32\",\"field\":\"x\"},{\"type\":\"string\"," +
                            "\"optional\":true,\"field\":\"label\"},{\"type\":\"int64\"," +
                            "\"default\":9,\"field\":\"d\"}]",
                        "\"name\":\"geo.Point\"", "\"version\":3", "\"doc\":\"a point\"");
    envelope(point, "{\"x\":1,\"label\":\"a\",\"d\":2}", "{\"x\":1}", "{\"x\":1,\"label\":null}",
             "{\"d\":5,\"label\":\"z\",\"x\":4}", "{\"y\":0,\"x\":1,\"z\":[1,{}],\"d\":3}",
             "{\"label\":\"a\"}", "{\"x\":null}", "{\"x\":1,\"x\":2}", "[]", "5", "null",
             "{\"x\":1,\"label\":5}", "{\"x\":\"q\",\"d\":null}");
    add(("{\"schema\":" + point + ",\"payload\":{\"x\":1}}").getBytes(StandardCharsets.UTF_8), "json",
        "replace.null.with.default", "false");
    String name = type("struct", "\"fields\":[{\"type\":\"string\",\"field\":\"n\"}]");
    envelope(name, "{\"n\":\"x\"}", "{\"n\":5}", "{\"n\":null}", "{}");
    envelope(type("struct", "\"fields\":[{\"type\":\"bytes\",\"field\":\"b\"}]"), "{\"b\":\"AQ==\"}",
             "{\"b\":5}");
    envelope(type("struct", "\"fields\":[{\"type\":\"array\",\"items\":{\"type\":\"string\"}," +
                                "\"field\":\"l\"},{\"type\":\"map\",\"keys\":{\"type\":\"string\"}," +
                                "\"values\":{\"type\":\"string\"},\"field\":\"m\"}]"),
             "{\"l\":[\"a\"],\"m\":{\"k\":\"v\"}}", "{\"l\":[5],\"m\":{}}",
             "{\"l\":[],\"m\":{\"k\":5}}");
    String nested = type("struct", "\"fields\":[{\"type\":\"struct\",\"optional\":true,\"fields\":[{" +
                                       "\"type\":\"int8\",\"field\":\"a\"},{\"type\":\"int8\"," +
                                       "\"field\":\"b\"}],\"field\":\"in\"},{\"type\":\"float\"," +
                                       "\"field\":\"f\"}]");
    envelope(nested, "{\"in\":{\"a\":1,\"b\":2},\"f\":0.5}", "{\"f\":0.5,\"in\":{\"b\":2,\"a\":1}}",
             "{\"f\":1}", "{\"f\":1,\"in\":null}", "{\"f\":1,\"in\":{\"a\":1}}", "{\"in\":3,\"f\":1}");
    envelope(type("struct", "\"fields\":[]"), "{}", "{\"a\":1}");
  }

  private static void schemaTexts() throws Exception {
    envelope("5", "1");
    envelope("{}", "1");
    envelope("{\"type\":5}", "1");
    envelope(type("foo"), "1");
    envelope(type("array"), "[]");
    envelope(type("array", "\"items\":null"), "[]");
    envelope(type("map", "\"keys\":{\"type\":\"int8\"}"), "[]");
    envelope(type("map", "\"values\":{\"type\":\"int8\"}"), "[]");
    envelope(type("struct"), "{}");
    envelope(type("struct", "\"fields\":{}"), "{}");
    envelope(type("struct", "\"fields\":[{\"type\":\"int8\"}]"), "{}");
    envelope(type("struct", "\"fields\":[{\"type\":\"int8\",\"field\":\"\"}]"), "{}");
    envelope(type("struct", "\"fields\":[{\"type\":\"int8\",\"field\":\"a\"},{\"type\":\"int8\"," +
                                "\"field\":\"a\"}]"),
             "{}");
    envelope(type("struct", "\"fields\":[]", "\"default\":{}"), "{}");
    envelope(type("int8", "\"parameters\":{\"b\":\"1\",\"a\":\"2\"}"), "1");
    envelope(type("int8", "\"parameters\":{\"b\":1}"), "1");
    envelope(type("int8", "\"parameters\":{}"), "1");
    envelope(type("int8", "\"optional\":\"true\"", "\"name\":5", "\"version\":\"1\"", "\"doc\":{}"),
             "null");
    envelope(type("int8", "\"version\":3000000000"), "1");
    envelope(type("int8", "\"version\":1.5"), "1");
    envelope(type("int32", "\"default\":\"x\""), "null");
    envelope(type("int32", "\"default\":1.9"), "null");
    envelope(type("int8", "\"default\":300"), "null");
    envelope(type("string", "\"default\":5"), "null");
    envelope(type("string", "\"default\":\"dflt\""), "null");
    envelope(type("int32", "\"default\":null"), "null");
    envelope(type("int32", "\"optional\":true", "\"default\":null"), "null");
    envelope(type("bytes", "\"default\":\"AQI=\""), "null");
    envelope(type("array", "\"items\":{\"type\":\"int8\"}", "\"default\":[1,2]"), "null");
    envelope(type("map", "\"keys\":{\"type\":\"string\"}", "\"values\":{\"type\":\"int8\"}",
                  "\"default\":{\"b\":1,\"a\":2}"),
             "null");
  }

  private static void logicals() throws Exception {
    String p = "org.apache.kafka.connect.data.";
    String decimal = type("bytes", "\"name\":\"" + p + "Decimal\"", "\"version\":1",
                          "\"parameters\":{\"scale\":\"2\"}");
    envelope(decimal, "\"BNI=\"", "\"\"", "12.34", "-12.34", "0.01", "-99999999999999999999.99",
             "\"AP8=\"", "true", "[]",
             "null", "123456789012345678901234567890.12", "0.00", "\"%%\"", "\"/////w==\"");
    envelope(type("bytes", "\"name\":\"" + p + "Decimal\"", "\"parameters\":{\"scale\":\"-3\"}"),
             "1E3", "-12e3", "\"AQ==\"");
    envelope(type("bytes", "\"name\":\"" + p + "Decimal\"", "\"parameters\":{\"scale\":\"10\"}"),
             "0.0000000001", "1.0000000000");
    String date = type("int32", "\"name\":\"" + p + "Date\"", "\"version\":1");
    envelope(date, "0", "19000", "-1", "1.5", "\"x\"", "3000000000", "null");
    String time = type("int32", "\"name\":\"" + p + "Time\"", "\"version\":1");
    envelope(time, "0", "86399999", "86400000", "86400001", "-1", "\"x\"");
    String timestamp = type("int64", "\"name\":\"" + p + "Timestamp\"", "\"version\":1");
    envelope(timestamp, "0", "1700000000123", "-1", "253402300800000", "1.5", "\"x\"");
    envelope(type("int64", "\"optional\":true", "\"name\":\"" + p + "Timestamp\"", "\"default\":5"),
             "null", "7");
    envelope(type("struct", "\"fields\":[{\"type\":\"int64\",\"name\":\"" + p +
                                "Timestamp\",\"field\":\"t\"},{\"type\":\"bytes\",\"name\":\"" + p +
                                "Decimal\",\"parameters\":{\"scale\":\"1\"},\"optional\":true," +
                                "\"field\":\"d\"}]"),
             "{\"t\":1000,\"d\":1.5}", "{\"t\":1000}", "{\"d\":1.5}");
  }

  private static void contents() throws Exception {
    String schema = "{\"type\":\"struct\",\"fields\":[{\"type\":\"int8\",\"field\":\"a\"}]}";
    for (String text : new String[] {"{\"a\":1}", "{}", "", "null", "[", "{\"schema\":1,\"a\":2}"})
      add(text.getBytes(StandardCharsets.UTF_8), "json", "schema.content", schema);
    add(null, "json", "schema.content", schema);
    add("".getBytes(), "json", "schema.content", "{\"type\":\"string\",\"optional\":true}");
    for (String content : new String[] {"", " ", "null", "{\"type\":\"foo\"}", "{", "{}"})
      add("{\"schema\":null,\"payload\":1}".getBytes(), "json", "schema.content", content);
    add("{\"a\":1}".getBytes(), "json", "schemas.enable", "false", "schema.content", schema);
  }

  private static void others() throws Exception {
    byte[][] inputs = {null,
                       {},
                       "abc".getBytes(),
                       "é\uD83D\uDE00".getBytes(StandardCharsets.UTF_8),
                       bytes(0),
                       bytes(1),
                       bytes(2),
                       bytes(0xFF),
                       bytes(0xFF, 0xFE, 0x61, 0),
                       bytes(0xFE, 0xFF, 0, 0x61),
                       bytes(0x7F, 0xFF),
                       bytes(0, 0, 0, 42),
                       bytes(0xFF, 0xC0, 0, 0),
                       bytes(0x7F, 0xC0, 0, 1),
                       bytes(0, 0, 0, 0, 0, 0, 0, 42),
                       bytes(0xFF, 0xF8, 0, 0, 0, 0, 0, 1),
                       bytes(0x80, 0, 0, 0, 0, 0, 0, 0),
                       bytes(0xC0, 0x20, 0, 0)};
    for (byte[] input : inputs) {
      for (String name : new String[] {"bytes", "boolean", "short", "integer", "long", "float",
                                       "double"})
        add(input, name);
      for (String encoding : new String[] {"ISO-8859-1", "US-ASCII", "UTF-16", "UTF-16BE", "utf-16le"})
        add(input, "string", "converter.encoding", encoding);
    }
    add(null, "string");
    add("".getBytes(), "string");
    add("abc é".getBytes(StandardCharsets.UTF_8), "string");
    add("x".getBytes(), "string", "converter.encoding", "nope");
    add("x".getBytes(), "string", "converter.encoding", " UTF8 ");
    add("\u00e9".getBytes(StandardCharsets.UTF_8), "string", "value.deserializer.encoding",
        "ISO-8859-1", "converter.encoding", "nope", "value.serializer.encoding", "UTF-8");
  }

  // Numbers keep their own scale, which shows in every form but the one that refuses it.
  private static void decimals() throws Exception {
    String p = "\"name\":\"org.apache.kafka.connect.data.Decimal\"";
    String scale2 = type("bytes", p, "\"version\":1", "\"parameters\":{\"scale\":\"2\"}");
    envelope(scale2, "12", "12.3", "12.345", "1e2", "1E-2", "0", "-0.5", "-0", "0.000000001",
             "123456789012345678901234567890", "1e400", "-128", "128.00", "\"AIA=\"", "\"gA==\"");
    envelope(type("bytes", p), "1.5", "\"AQ==\"", "7");
    envelope(type("bytes", p, "\"parameters\":{\"scale\":\"x\"}"), "1.5", "\"AQ==\"");
    envelope(type("bytes", p, "\"parameters\":{\"scale\":\"+1\"}"), "1.5", "\"AQ==\"");
    envelope(type("bytes", p, "\"parameters\":{\"other\":\"1\"}"), "1.5", "\"AQ==\"");
    envelope(type("bytes", p, "\"parameters\":{\"scale\":\"2\"}", "\"default\":1.5"), "null", "2.25");
    envelope(type("bytes", p, "\"parameters\":{\"scale\":\"1\"}", "\"default\":1.5"), "null");
    envelope(type("array", "\"items\":" + scale2), "[1,2.5,3.25,\"AQ==\"]");
    envelope(type("int32", p, "\"parameters\":{\"scale\":\"0\"}"), "5");
    for (String name : new String[] {"Date", "Time", "Timestamp"}) {
      envelope(type("int8", "\"name\":\"org.apache.kafka.connect.data." + name + "\""), "5");
      envelope(type("string", "\"name\":\"org.apache.kafka.connect.data." + name + "\""), "\"x\"",
               "5");
    }
    envelope(type("int32", "\"name\":\"org.apache.kafka.connect.data.Other\"",
                  "\"parameters\":{\"a\":\"b\"}", "\"version\":7", "\"doc\":\"d\""),
             "5");
    envelope(type("int64", "\"name\":\"org.apache.kafka.connect.data.Timestamp\""), "-62135769600000",
             "-12219292800001", "-12219292800000", "-99999999999999", "9999999999999999");
  }

  private static void headers() throws Exception {
    for (String text : new String[] {
             "", " ", "null", "true", "42", "1.5", "1e400", "abc", "[1,2]", "[1,\"a\"]", "[null]",
             "{}", "{\"a\":1}", "{\"a\":null}", "{1:2}", "2020-01-02", "10:11:12.345Z",
             "2020-01-02T10:11:12.345Z", "[2020-01-02,1]", "[\"x\",2020-01-02]", "[1e400,1e401]",
             "[[1],[128]]", "[[1],[]]", "[[\"2020-01-02\"],[\"10:11:12.345Z\"]]",
             "[[70000],[\"2020-01-02\"]]", "25:61:61.999Z", "24:00:00.000Z", "[1e400,\"x\"]",
             "{\"d\":2020-01-02}", "{\"d\":2020-01-02,\"e\":\"x\"}", "[\"2020-01-02\",10:11:12.345Z]"})
      add(text.getBytes(StandardCharsets.UTF_8), "simple");
    add(null, "simple");
    add(bytes('a', 0xFF, 'b'), "simple");
    add(bytes('[', '"', 0xC3, '"', ']'), "simple");
  }

  private static void encodings() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++)
      all[i] = (byte)i;
    for (String encoding :
         ("ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8 ISO-8859-9 " +
          "ISO-8859-13 ISO-8859-15 ISO-8859-16 windows-1250 windows-1251 windows-1252 windows-1253 " +
          "windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 KOI8-R KOI8-U IBM437 " +
          "IBM850 IBM852 IBM855 IBM857 IBM00858 IBM862 IBM866")
             .split(" "))
      addBytes(all, encoding);
    byte[] some = "Gr\u00fc\u00dfe, \u20ac 5".getBytes("windows-1252");
    for (String encoding : new String[] {"windows-1252", "Cp1252", "ISO-8859-15", "windows-1251",
                                         "KOI8-R", "IBM850", "cp437", "ISO-8859-2", "UTF-32",
                                         "x-no-such"})
      add(some, "string", "converter.encoding", encoding);
    for (String encoding : new String[] {"Shift_JIS", "EUC-JP", "GBK", "GB18030", "Big5", "EUC-KR",
                                         "UTF-16", "UTF-32", "UTF-32LE", "x-windows-31j"})
      add("\u65e5\u672c \u4e2d A1".getBytes(encoding.equals("x-windows-31j") ? "MS932" : encoding),
          "string", "converter.encoding", encoding);
    for (String encoding : new String[] {"utf8", "UTF_8", "ascii", "latin1", "l1", "UTF_16LE", "", " "})
      add("abc".getBytes(), "string", "converter.encoding", encoding);
  }

  // Every type inside every container, as text and back.
  private static void mixtures() throws Exception {
    String[][] kinds = {{"int8", "5", "-128"},      {"int16", "300", "-1"},
                        {"int32", "70000", "0"},    {"int64", "9007199254740993", "-1"},
                        {"float", "1.5", "1e10"},   {"double", "1.1", "-1e-7"},
                        {"boolean", "true", "false"}, {"string", "\"a,b\"", "\"\\\"q\\\\\""},
                        {"bytes", "\"AQID\"", "\"\""}};
    for (String[] kind : kinds) {
      String item = type(kind[0], "\"optional\":true");
      envelope(type("array", "\"items\":" + item),
               "[" + kind[1] + "," + kind[2] + ",null]");
      envelope(type("map", "\"keys\":" + type("string"), "\"values\":" + item),
               "{\"b\":" + kind[1] + ",\"a\":" + kind[2] + ",\"\":null}");
      if (!kind[0].equals("bytes"))
        envelope(type("map", "\"keys\":" + type(kind[0]), "\"values\":" + item),
                 "[[" + kind[1] + "," + kind[2] + "],[" + kind[2] + ",null]]");
      envelope(type("struct", "\"fields\":[{\"type\":\"" + kind[0] + "\",\"optional\":true,\"field\":" +
                                  "\"a\"},{\"type\":\"" + kind[0] + "\",\"default\":" + kind[1] +
                                  ",\"field\":\"b\"}]",
                    "\"name\":\"n\""),
               "{\"a\":" + kind[1] + "}", "{\"b\":" + kind[2] + "}");
    }
    String inner = type("struct", "\"fields\":[" +
                                      "{\"type\":\"int32\",\"field\":\"x\"}]",
                        "\"name\":\"In\"", "\"optional\":true");
    envelope(type("array", "\"items\":" + inner), "[{\"x\":1},null,{\"x\":2}]", "[{}]", "[{\"x\":null}]");
    envelope(type("map", "\"keys\":" + inner, "\"values\":" + type("string")),
             "[[{\"x\":1},\"a\"]]");
    envelope(type("map", "\"keys\":" + type("string", "\"optional\":true"),
                  "\"values\":" + type("array", "\"items\":" + type("int8"))),
             "{\"k\":[1,2],\"\":[]}", "{\"k\":null}", "[[null,[1]]]");
    plain("{\"a\":[1,{\"b\":[[],{}]},null],\"c\":1.0E10}", "[1.0,10000000.0,0.001,0.0001,-5e-324]",
          "[3.4028235e38,1e23,8.41e21,2e23,123456789012]", "{\"1\":1,\"2\":2,\"10\":3}",
          "\"\u0001\u001f\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\"");
    for (String name : new String[] {"schemas.enable", "decimal.format", "schemas.cache.size",
                                     "replace.null.with.default"})
      for (String value : new String[] {"x", "", " true ", "-1", "numeric", "Base64"})
        add("1".getBytes(), "json", name, value);
  }
}
