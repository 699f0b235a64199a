import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;

/**
 * What SimpleDateFormat makes of patterns, dates and texts, lenient, in UTC and en_US.
 *
 * <p>DateFormatCases FILE SEED COUNT writes a line per case: {@code pattern TAB f TAB ms TAB text},
 * {@code pattern TAB p TAB text TAB ms}, the result {@code !} where there is none, or
 * {@code pattern TAB e TAB message TAB} for a pattern that is refused. Two-digit years are left out,
 * for they depend on the day. Texts have no tabs and no line ends.
 */
public class DateFormatCases {
  private static final String LETTERS = "GyMdkHmsSEDFwWahKzZYuXL";
  private static final String[] COMMON = {
    "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "yyyy-MM-dd HH:mm:ss", "yyyyMMddHHmmssSSS", "dd/MM/yyyy",
    "EEE, d MMM yyyy HH:mm:ss Z", "yyyy-MM-dd'T'HH:mm:ssXXX", "h:mm a", "MMMM d, yyyy G", "YYYY-'W'ww-u",
    "EEE MMM dd HH:mm:ss zzz yyyy", "yyyy.DDD", "W/MM/yyyy E", "F E MM yyyy", "HH:mm:ss.SSSX", "K:m:s:S a",
    "kk 'o''clock' a", "yyyyMMdd", "HHmmss", "yyyy", "MMM", "SSS", "yyyy-MM-dd''HH"
  };
  private final Random random;

  private DateFormatCases(long seed) {
    random = new Random(seed);
  }

  private String pattern() {
    if (random.nextInt(3) == 0) {
      return COMMON[random.nextInt(COMMON.length)];
    }
    StringBuilder pattern = new StringBuilder();
    int fields = 1 + random.nextInt(5);
    for (int i = 0; i < fields; i++) {
      char letter = random.nextInt(60) == 0 ? "bcefgijlnopqrtvxABCIJNOPQRTUV".charAt(random.nextInt(29))
          : LETTERS.charAt(random.nextInt(LETTERS.length()));
      int count = 1 + random.nextInt(4) + (random.nextInt(8) == 0 ? 2 : 0);
      if ((letter == 'y' || letter == 'Y') && count < 3) {
        count = 4;
      }
      pattern.append(String.valueOf(letter).repeat(count));
      String[] between = {"", "", "-", ":", " ", "/", ".", "'T'", "''", ", ", "'x y'"};
      pattern.append(between[random.nextInt(between.length)]);
    }
    return random.nextInt(80) == 0 ? pattern + "'" : pattern.toString();
  }

  private long ms() {
    switch (random.nextInt(6)) {
      case 0:
        return random.nextInt();
      case 1:
        return (random.nextInt(4000000) - 2000000) * 86400000L;
      case 2:
        return -12219292800000L + random.nextInt(40) * 86400000L - 20 * 86400000L;
      case 3:
        return 1700000000123L + random.nextInt();
      default:
        return (long) (random.nextGaussian() * 6e13);
    }
  }

  private String damaged(String text) {
    StringBuilder out = new StringBuilder(text);
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && out.length() > 0; i++) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(5)) {
        case 0:
          out.deleteCharAt(at);
          break;
        case 1:
          out.insert(at, "0123456789 -+:ZaE٣".charAt(random.nextInt(18)));
          break;
        case 2:
          out.setCharAt(at, "0123456789 -+:ZaEx".charAt(random.nextInt(18)));
          break;
        case 3:
          out.setLength(at);
          break;
        default:
          out.append("tail");
      }
    }
    return random.nextInt(6) == 0 ? out.toString().toLowerCase(Locale.ROOT) : out.toString();
  }

  private void write(PrintWriter out) {
    String pattern = pattern();
    SimpleDateFormat format;
    try {
      format = new SimpleDateFormat(pattern, Locale.US);
    } catch (IllegalArgumentException e) {
      out.print(pattern + "\te\t" + e.getMessage() + "\t\n");
      return;
    }
    format.setTimeZone(TimeZone.getTimeZone("UTC"));
    long ms = ms();
    String text = format.format(new Date(ms));
    out.print(pattern + "\tf\t" + ms + "\t" + text + "\n");
    for (int i = 0; i < 3; i++) {
      String given = i == 0 ? text : damaged(text);
      // A zone that was read becomes the format's own, which no task of a test should see.
      format.setTimeZone(TimeZone.getTimeZone("UTC"));
      String result;
      try {
        result = String.valueOf(format.parse(given).getTime());
      } catch (ParseException e) {
        result = "!";
      }
      out.print(pattern + "\tp\t" + given + "\t" + result + "\n");
    }
  }

  public static void main(String[] args) throws Exception {
    DateFormatCases cases = new DateFormatCases(Long.parseLong(args[1]));
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(Path.of(args[0]), StandardCharsets.UTF_8))) {
      for (int i = Integer.parseInt(args[2]); i > 0; i--) {
        cases.write(out);
      }
    }
  }
}
