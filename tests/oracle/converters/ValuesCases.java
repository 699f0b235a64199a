import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Values;

/**
 * Prints what Values.parseString makes of texts, and what Values.convertToString writes for that, one
 * JSON object a line. Arguments: the file, then for random texts only their seed and number.
 */
public class ValuesCases {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static PrintStream out;

  private static String name(Schema schema) {
    if (schema == null)
      return "null";
    String text = schema.type().toString();
    if (schema.name() != null)
      text = schema.name().substring(schema.name().lastIndexOf('.') + 1) + schema.version() +
             (schema.parameters() != null ? schema.parameters() : "");
    if (schema.type() == Schema.Type.ARRAY)
      text += "<" + name(schema.valueSchema()) + ">";
    if (schema.type() == Schema.Type.MAP)
      text += "<" + name(schema.keySchema()) + "," + name(schema.valueSchema()) + ">";
    return text + (schema.isOptional() ? "?" : "");
  }

  // A value with its classes.
  private static String dump(Object value) {
    if (value == null)
      return "null";
    if (value instanceof BigDecimal)
      return "dec" + ((BigDecimal)value).scale() + ":" + ((BigDecimal)value).unscaledValue();
    if (value instanceof Date)
      return "date:" + ((Date)value).getTime();
    if (value instanceof Float)
      return String.format("f32:%08x", Float.floatToRawIntBits((Float)value));
    if (value instanceof Double)
      return String.format("f64:%016x", Double.doubleToRawLongBits((Double)value));
    if (value instanceof Byte)
      return "i8:" + value;
    if (value instanceof Short)
      return "i16:" + value;
    if (value instanceof Integer)
      return "i32:" + value;
    if (value instanceof Long)
      return "i64:" + value;
    if (value instanceof String)
      return "'" + value + "'";
    if (value instanceof Boolean)
      return value.toString();
    List<String> parts = new ArrayList<>();
    if (value instanceof List) {
      for (Object item : (List<?>)value)
        parts.add(dump(item));
      return "[" + String.join(",", parts) + "]";
    }
    for (Map.Entry<?, ?> entry : ((Map<?, ?>)value).entrySet())
      parts.add(dump(entry.getKey()) + "=" + dump(entry.getValue()));
    return "{" + String.join(",", parts) + "}";
  }

  private static void add(String text) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("in", text);
    try {
      SchemaAndValue read = Values.parseString(text);
      line.put("schema", read == null ? "null" : name(read.schema()));
      line.put("value", read == null ? "null" : dump(read.value()));
      line.put("text", read == null ? null : Values.convertToString(read.schema(), read.value()));
    } catch (Exception e) {
      line.put("error", e.getClass().getName());
    }
    out.println(JSON.writeValueAsString(line));
  }

  private static void add(String[] texts) throws Exception {
    for (String text : texts)
      add(text);
  }

  public static void main(String[] args) throws Exception {
    out = new PrintStream(args[0], "UTF-8");
    if (args.length == 1) {
      scalars();
      dates();
      containers();
      random(new Random(1), 2000);
    } else {
      random(new Random(Long.parseLong(args[1])), Integer.parseInt(args[2]));
    }
    out.close();
  }

  private static void scalars() throws Exception {
    add(new String[] {"", " ", "\t\n", "null", " null ", "NULL", "null ", "null,", "null}", "true", " true ",
                      "false", "True", "true}", "true:", "truex", "\\true", "42", "-42", "+42", "+-42", "-+42",
                      "127", "128", "-128", "-129", "32767", "32768", "-32768", "-32769", "2147483647",
                      "2147483648", "-2147483648", "-2147483649", "9223372036854775807",
                      "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
                      "123456789012345678", "1234567890123456789", "999999999999999999", "1.0", "1.5", "5.",
                      "5.0000", "1e3", "1E3", "1e+3", "1e-3", "1000e-3", "1.5e1", "0.1", "3.4028235e38",
                      "3.4028236e38", "-3.5e38", "12345678901234567890.5", "12345678901234567890.0",
                      "1.1e40", "1e40", "1e400", "-1e400", "1.5e400", "1e-50", "-1e-50", "1e-400", "0e5",
                      "0.0", "-0.0", "-0", ".5", "-.5", "+.5", "-.", "+", "-", "e5", "1e", "1e+", "1.2.3",
                      "007", "0x1F", "1_000", "1,000", "3,4", "1f", "1d", "1L", "NaN", "Infinity", "-Infinity",
                      "1 2", " 42 ", "42\t", "8080:foo", "1:2", "192.168.0.1:8080", "123-456", "12ab",
                      "\u0663", "\uff11.\uff15", "1\u0663", "-\u0663", "\u0663\u0664:x", "1\u00a0",
                      "\u00a01", "\"42\"", "\"a\"", "a,b", "a:b", "a{b", "a\"b", "a\\b", "\\", "\\\\", "\\:",
                      "1\\:2", "1\\", ":", ",", "[", "]", "{", "}", "\"", ":1", ",1", "]1", "}1", "  [", " {x", "\t:",
                      "\ud83d\ude00", "1\ud83d\ude00", "\ud835\udfcf", "1e99999", "1e-99999", "1e2147483647",
                      "1e2147483648", "1e-2147483648", "1e12345678901", "1e00000000000001", "0e2147483648",
                      "16777217", "16777216.5", "1.17549435e-38", "1e-45", "7e-46", "4.9e-324", "1e308", "1.8e308"});
  }

  private static void dates() throws Exception {
    add(new String[] {
        "2020-01-02", "2020-13-45", "2020-00-00", "0000-00-00", "0001-01-01", "1582-10-04", "1582-10-05",
        "1582-10-10", "1582-10-14", "1582-10-15", "1582-12-31", "1581-13-01", "1583--1-01", "1582--1-01",
        "9999-12-31", "9999-99-99", "1970-01-01", "1969-12-31", "1900-02-29", "2000-02-30", "2020-1-002",
        "20200-1-02", "2020- 1-02", "2020-\t1-02", "2020 -1-02", "2020-01-2x", "2020-01-xx", "2020/01/02",
        "2020-01-02 ", " 2020-01-02", "2020-01-02x", "2020-01-0", "2020-01-022", "12345-1-1x", "2020--1-02",
        "2020-01--2", "2E3-01-02x", "2E03-01-02", "2020-1E1-2", "2020-NaN-2", "2020-01-1\u0663",
        "\u0662\u0660\u0662\u0660-01-02", "99999999-1", "9999-1-9E9", "10:11:12.345Z", "24:00:00.000Z",
        "25:61:61.999Z", "00:00:00.000Z", "23:59:59.999Z", "23:59:59.999z", "1:11:12.3456Z", "10:11:12.34Z",
        "10:11:12.345", "10:11:12", "10:11:12Z", "1:11:12.345Z", "10:11:12.345Z ", "10:11:12.345Zx",
        "10:11:12.345Z:", "10:11:12.345Z,x", "10\\:11\\:12.345Z", "10:11\\:12.345Z", "10\\:11:12.345Z",
        "10:-1:12.345Z", "10:11:-2.345Z", "10: 1:12.345Z", "1 :11:12.345Z", "10:11:1E1.34Z",
        "2020-01-02T10:11:12.345Z", "2020-01-02T10:11:12.34Z", "2020-01-02T10:11:12Z", "2020-01-02T10:11:12.3456Z",
        "2020-01-02t10:11:12.345Z", "2020-01-02 10:11:12.345Z", "2020-13-45T25:61:61.999Z",
        "1582-10-04T23:59:59.999Z", "1582-10-15T00:00:00.000Z", "1582-10-04T24:00:00.000Z",
        "0000-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z", "1970-01-01T00:00:00.000Z",
        "1969-12-31T23:59:59.999Z", "2020-01-02T10\\:11\\:12.345Z", "2020-01-02T10:11:12.345Z tail",
        "2020-01-02T10:11:12.345Z,tail", "2020-01-02T10:11:12.345Z:a", "[2020-01-02T10:11:12.345Z]",
        "[2020-01-02]", "[10:11:12.345Z]", "[\"2020-01-02\"]", "[\"10:11:12.345Z\"]",
        "[\"2020-01-02T10:11:12.345Z\"]", "[\"10\\:11\\:12.345Z\"]", "[\"2020-01-02x\"]", "[\"2020-13-45\"]",
        "[\"-020-13-45\"]", "[\"xx20-01-02\"]", "[\"NaN0-01-02\"]", "[\"NaN-01-02x\"]", "[\"10:11:12:345Z\"]",
        "[2020-01-02,1]", "[1,2020-01-02]", "[2020-01-02,70000]", "[70000,2020-01-02]", "[2020-01-02,1.5]",
        "[1.5,2020-01-02]", "[2020-01-02,2020-01-02T10:11:12.345Z]", "[2020-01-02T10:11:12.345Z,2020-01-02]",
        "[2020-01-02,10:11:12.345Z]", "[10:11:12.345Z,2020-01-02]", "[10:11:12.345Z,5]", "[10:11:12.345Z,-5]",
        "[10:11:12.345Z,70000]", "[70000,10:11:12.345Z]", "[100000000,10:11:12.345Z]",
        "[2020-01-02T10:11:12.345Z,5]", "[2020-01-02T10:11:12.345Z,5000000000]",
        "[5000000000,2020-01-02T10:11:12.345Z]", "[2020-01-02,\"a\"]", "[2020-01-02,null]",
        "[[\"2020-01-02\"],[\"10:11:12.345Z\"]]", "[[70000],[\"2020-01-02\"]]", "[[\"2020-01-02\"],[70000]]",
        "[[1],[\"2020-01-02\"]]", "[[2020-01-02,\"x\"],[2020-01-02]]", "{2020-01-02:1}", "{10:11:12.345Z:1}",
        "{\"2020-01-02\":2020-01-02}", "{2020-01-02:1,1:2}", "{a:2020-01-02}", "{\"a\":10:11:12.345Z}"});
  }

  private static void containers() throws Exception {
    add(new String[] {
        "[]", "[ ]", "{}", "{ }", "[1,128,70000]", "[1, 2.5]", "[1,\"a\"]", "[1,null]", "[null]", "[null,null]",
        "[null,1]", "[1,2", "[a,b]", "[\"a\",\"b\"]", "[1,]", "[1,,2]", "[,1]", "[1,2]x", "[1 2]", "[1;2]",
        "[true,false]", "[true,1]", "[true,null]", "[ true , false ]", "[\"true\"]", "[1,2.5,3]", "[2.5,1]",
        "[1.5,5000000000]", "[5000000000,1.5]", "[16777217,0.5]", "[1.5,1e40,1]", "[1.1e39,1.1]", "[1.1,1.1e40]",
        "[9223372036854775808]", "[1,9223372036854775808]", "[9223372036854775808,1]", "[1e400,1e401]",
        "[9223372036854775808,1e400]", "[\"a\",1,\"b\"]", "[1,\"a\",2]", "[[1],[128]]", "[[128],[1]]", "[[1],[]]",
        "[[],[1]]", "[[1],2]", "[[],[]]", "[[1],[\"a\"]]", "[[[]]]", "[{},[]]", "[{\"a\":1},{\"b\":\"c\"}]",
        "[\"a\\\"b\"]", "[\"a\\\\\"]", "[\"\"]", "[\" \"]", "[\" a \"]", "[\" {x\"]", "[\"a", "[\"a\"", "[\"a\"]\"", "[\"a,b\"]",
        "[\"[1]\"]", "[\"{\"]", "[\"null\"]", "[\"1\"]", "[\"a\" \"b\"]", "[ \"a\" , \"b\" ]", "[\\\"a\"]", "[-]", "[+5]", "[.5]",
        "[-.5]", "[1e]", "{\"a\":1}", "{\"a\":1}tail", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1\"b\":2}", "{\"a\":null}",
        "{\"a\":null,\"b\":1}", "{\"a\":1,\"b\":null}", "{\"a\":null,\"a\":1}", "{\"a\":1,\"a\":null}", "{1:2}",
        "{1:2,128:3}", "{1:2,\"a\":3}", "{1:2,\"a\":\"b\"}", "{\"a\":1.5,\"b\":2}", "{\"a\":1,\"b\":\"x\"}",
        "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"a\":300}", "{16777216:1,16777217:2,0.5:3}", "{null:1}", "{\"a\"}",
        "{\"a\":}", "{\"a\":", "{\"a\"", "{:1}", "{,}", "{\"a\":1,}", "{\"a\":1,,\"b\":2}", "{\"a\":1", "{\"a\":[1,2]}",
        "{\"a\":{\"b\":{\"c\":[]}}}", "{[1]:2}", "{[1]:2,[1]:3}", "{{}:1}", "{true:1}", "{true:false}", "{1.5:1}",
        "{\"a\":1}{", "{\"a\" : 1 , \"b\" : 2 }", "{ \"a\":1}", " [1]", "[1] ", "\t{\"a\":1}", "[\"\u00e9\ud83d\ude00\"]",
        "[\u0663]", "[\"\u0662\u0660\u0662\u0660-01-02\"]", "[1,2]]", "[[1,2]", "[1,[2,[3,[4,[5]]]]]", "[1,[2,{\"a\":[3}]]",
        "{\"a\":{\"a\":1},\"a\":{\"a\":\"b\"}}", "[{\"a\":2020-01-02},{\"a\":1}]", "[true:false]", "[1:2]", "[a]", "[ a]",
        "[\\]", "[\\]]", "{\\}", "[1\\,2]", "[\"\\\"\"]", "[null:1]", "{\"a\":true}", "{\"a\":true,\"b\":1}", "[1,2]:x"});
    add("[".repeat(50) + "1" + "]".repeat(50));
    add("[".repeat(50) + "1" + "]".repeat(49));
    add("[".repeat(1000) + "]".repeat(1000));
  }

  private static final String[] PARTS = {
      "[", "[", "]", "]", "{", "{", "}", "}", ",", ",", ",", ":", ":", "\"", "\"", "\\", " ", "  ", "1", "7", "128",
      "70000", "5000000000", "9223372036854775808", "1.5", "2.50", "-2", "+3", "1e400", "1e40", "1e3", "0.1", "-0.0",
      "a", "b", "abc", "null", "true", "false", "2020-01-02", "10:11:12.345Z", "2020-01-02T10:11:12.345Z",
      "\"x\"", "\"y\"", "\"2020-01-02\"", "\"\"", "\u0663", "\u00e9", "\ud83d\ude00", "-", "+", ".", "e", "\t", "1:", "[1,2]",
      "{\"a\":1}", "[]", "{}"};

  private static void random(Random random, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder();
      int kind = random.nextInt(4);
      if (kind == 0)
        soup(random, text);
      else if (kind == 1)
        wellFormed(random, text, 0);
      else if (kind == 2)
        damaged(random, text);
      else
        date(random, text);
      add(text.toString());
    }
  }

  private static void soup(Random random, StringBuilder text) {
    for (int left = 1 + random.nextInt(10); left > 0; left--)
      text.append(PARTS[random.nextInt(PARTS.length)]);
  }

  private static final String[] LEAVES = {"1", "128", "70000", "5000000000", "9223372036854775808", "1.5", "-2.25",
                                          "1e40", "1e400", "1e401", "null", "true", "false", "\"x\"", "\"a b\"", "\"\"",
                                          "2020-01-02", "10:11:12.345Z", "2020-01-02T10:11:12.345Z",
                                          "\"2020-01-02\"", "\"10:11:12.345Z\"", "0", "-0.0", "1e-50"};

  // Mostly leaves of a few kinds, so that they often have a schema in common.
  private static void wellFormed(Random random, StringBuilder text, int depth) {
    int kind = random.nextInt(depth > 3 ? 2 : 5);
    if (kind < 2 && depth > 0) {
      text.append(LEAVES[random.nextInt(LEAVES.length)]);
      return;
    }
    boolean array = random.nextInt(5) < 3;
    String space = random.nextInt(4) == 0 ? " " : "";
    int same = random.nextInt(3) == 0 ? random.nextInt(LEAVES.length) : -1;
    text.append(array ? "[" : "{");
    for (int left = random.nextInt(4); left > 0; left--) {
      if (!array)
        text.append(random.nextInt(3) == 0 ? LEAVES[random.nextInt(LEAVES.length)] : "\"" + (char)('a' + random.nextInt(3)) + "\"")
            .append(":");
      if (same >= 0)
        text.append(LEAVES[Math.min(LEAVES.length - 1, same + random.nextInt(2))]);
      else
        wellFormed(random, text, depth + 1);
      if (left > 1)
        text.append(space).append(",").append(space);
    }
    text.append(array ? "]" : "}");
  }

  private static void damaged(Random random, StringBuilder text) {
    wellFormed(random, text, 0);
    for (int left = 1 + random.nextInt(2); left > 0; left--) {
      int at = random.nextInt(text.length());
      if (random.nextBoolean())
        text.deleteCharAt(at);
      else
        text.insert(at, PARTS[random.nextInt(PARTS.length)]);
      if (text.length() == 0)
        text.append("x");
    }
  }

  private static void date(Random random, StringBuilder text) {
    String[] bases = {"2020-01-02", "10:11:12.345Z", "2020-01-02T10:11:12.345Z", "1582-10-10", "0003-02-29"};
    text.append(bases[random.nextInt(bases.length)]);
    String letters = "0123456789-:. ZTE\\";
    for (int left = random.nextInt(4); left > 0; left--)
      text.setCharAt(random.nextInt(text.length()), letters.charAt(random.nextInt(letters.length())));
    if (random.nextInt(4) == 0)
      text.insert(0, "[\"").append("\"]");
    else if (random.nextInt(4) == 0)
      text.insert(0, "[").append("]");
  }
}
