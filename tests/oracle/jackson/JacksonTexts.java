import com.fasterxml.jackson.core.json.*;
import com.fasterxml.jackson.databind.*;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
// prints: hex(input) TAB dialect TAB exception-class-or-ok TAB json-escaped message or re-encoded
// value
public class JacksonTexts {
  static byte[] B(String s) { return s.getBytes(StandardCharsets.ISO_8859_1); }
  static String hex(byte[] b) {
    StringBuilder s = new StringBuilder();
    for (byte x : b)
      s.append(String.format("%02x", x));
    return s.length() == 0 ? "-" : s.toString();
  }
  public static void main(String[] a) throws Exception {
    PrintStream o = new PrintStream(new FileOutputStream(a[0]), false, "UTF-8");
    o.println(
        "# What Jackson 2.21.2 says. Columns: input in hex; strict or lenient (leading zeros); ok or the class; the value as compact JSON, or the message (\\n for a line break).");
    String[] in = {"",
                   "  ",
                   "{",
                   "[",
                   "{\"a\"",
                   "{\"a\":",
                   "{\"a\":1",
                   "{\"a\":1,",
                   "[1",
                   "[1,",
                   "[1,]",
                   "[,1]",
                   "{,}",
                   "{\"a\":1,}",
                   "{a:1}",
                   "{'a':1}",
                   "{\"a\" 1}",
                   "{\"a\":1 \"b\":2}",
                   "{\"a\":}",
                   "[}",
                   "{]",
                   "]",
                   "}",
                   "\"abc",
                   "\"a\nb\"",
                   "\"a\tb\"",
                   "\"\\x\"",
                   "\"\\u12\"",
                   "\"\\u12G4\"",
                   "\"\\",
                   "\"\\u",
                   "{\"ab",
                   "{\"ab\\",
                   "tru",
                   "truex",
                   "nul",
                   "nulll",
                   "falsee",
                   "{\"\\"
                       + "ud800\":1}",
                   "{\"\\"
                       + "ud800b\":1}",
                   "{\"a\\"
                       + "ud800\":1}",
                   "{\"\\"
                       + "udc00\":1}",
                   "{\"\\"
                       + "ud83d\\"
                       + "ude00\":1}",
                   "{\"\\"
                       + "ude00\\"
                       + "ud83d\":1}",
                   "{\"\\"
                       + "ud800\\"
                       + "u0041\":1}",
                   "{\"\\"
                       + "ud800\\n\":1}",
                   "{\"\\"
                       + "ud800",
                   "{\"\\"
                       + "ud800\\"
                       + "u00\":1}",
                   "{\"\\"
                       + "ud800\\x\":1}",
                   "True",
                   "NaN",
                   "Infinity",
                   "-Infinity",
                   "+1",
                   "+Infinity",
                   "-",
                   "-a",
                   "--1",
                   "01",
                   "-01",
                   "00",
                   "007",
                   "[00.5]",
                   "1.",
                   "1.x",
                   ".5",
                   "1e",
                   "1e+",
                   "1ex",
                   "1x",
                   "1,",
                   "1:",
                   "0x10",
                   "1.5.5",
                   "1 2",
                   "1\0",
                   "1\1",
                   "{}x",
                   "{} x",
                   "\u0001",
                   "\u0000",
                   "a",
                   "undefined",
                   "'a'",
                   "/",
                   "// a\n1",
                   "# a",
                   "1 // a",
                   "\u00ff",
                   "\u00a7",
                   "\u0080",
                   "\"\u00ff\"",
                   "\"\u00c3\"",
                   "\"\u00c3(\"",
                   "\"\u00e2\u0082\"",
                   "\"\u00e2\u0028\u00a1\"",
                   "\"\u00f0\u009f\u0098(\"",
                   "\"\u00c0\u0080\"",
                   "\"\u00ed\u00a0\u0080\"",
                   "\"\u00f4\u0090\u0080\u0080\"",
                   "\"\u00f8\u0080\"",
                   "\"\u0080\"",
                   "\u00c3\u00a9",
                   "abc\u00c3\u00a9",
                   "\u00ef\u00bb\u00bf",
                   "\u00ef\u00bb\u00bf1",
                   "{\"a\":tru}",
                   "[1 2]",
                   "[1\n 2]",
                   "{\n \"a\": x\n}",
                   "[nan]",
                   "{\"a\u0001\":1}",
                   "12345678901234567890123",
                   "9223372036854775807",
                   "9223372036854775808",
                   "-9223372036854775808",
                   "-9223372036854775809",
                   "\r\n\r\n x",
                   "\r x",
                   "\n\n x",
                   "truE",
                   "tru\"",
                   "{\"a\":1]",
                   "[1}",
                   "{1:2}",
                   "{\"a\",1}",
                   "[:]",
                   "1]",
                   "\"\\ud83d\"",
                   "\"\\ude00\\ud83d\"",
                   "\"\\ud83d\\ude00\"",
                   "\"\\ud83dx\"",
                   "\"\\ud83d\\u0041\"",
                   "\"\u007f\"",
                   "@",
                   "[\"a\" \"b\"]",
                   "[tru]",
                   "[true false]",
                   "{\"a\":\"b\nc\"}",
                   "\"a\\u00e9\"",
                   "{\"k\":1}}",
                   "[-]",
                   "[1e]",
                   "[1.]",
                   "[01]",
                   "[1.a]",
                   "-Inf",
                   "-Infinit",
                   "+",
                   "NaNN",
                   "nan",
                   "-x1",
                   "\"\\b\\f\\n\\r\\t\\/\\\\\\\"\\u0000\\u001f\"",
                   "\"\u00e2\u0080\u00a8\u00c3\u00a9\u00f0\u009f\u0098\u0080\"",
                   "[[],{},[[]],{\"\":{}}]",
                   " [ 1 , \"a\" , { \"k\" : null } ] ",
                   "[true,false,null]",
                   "true ",
                   "true]",
                   "null,",
                   "\"a\"\"b\"",
                   "{\"a\":/**/1}",
                   "[/",
                   "{/",
                   "{\"a\"/",
                   "{\"a\":1/"};
    List<byte[]> all = new ArrayList<>();
    for (String s : in)
      all.add(B(s));
    all.add(B("[".repeat(1001) + "]".repeat(1001)));
    all.add(B("[".repeat(1000) + "]".repeat(1000)));
    all.add(B("1".repeat(1001)));
    all.add(B("1".repeat(1000)));
    all.add(B("a".repeat(300)));
    for (int l = 0; l < 2; l++) {
      ObjectMapper m = new ObjectMapper();
      m.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
      if (l == 1)
        m.enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS.mappedFeature());
      for (byte[] b : all) {
        String r;
        try {
          JsonNode n = m.readTree(new ByteArrayInputStream(b));
          if (n == null || n.isMissingNode())
            r = "empty\t-";
          else
            r = "ok\t" + new String(m.writeValueAsBytes(n), StandardCharsets.UTF_8);
        } catch (Throwable e) {
          r = e.getClass().getName() + "\t" + e.getMessage().replace("\n", "\\n");
        }
        o.println(hex(b) + "\t" + (l == 1 ? "lenient" : "strict") + "\t" + r);
      }
    }
    o.close();
  }
}
