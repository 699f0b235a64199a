package org.apache.kafka.connect.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Evaluates cases, one JSON object a line, with Kafka Connect's own worker code and prints what
 * became of each: docs/try.md has the format. Arguments: the folder with the file connectors, then
 * files of cases, each followed by the file for its results.
 */
public class WorkerCases {
  private static final ObjectMapper JSON = new ObjectMapper();
  // What Object.toString ends with, and what bytes become where a converter writes their text.
  private static final Pattern IDENTITY =
      Pattern.compile("(?<=[\\w;$])@[0-9a-f]{1,8}(?![0-9A-Za-z])");
  private static final Pattern BYTES_TEXT = Pattern.compile("\\[B@[0-9a-f]{1,8}(?![0-9A-Za-z])");

  public static void main(String[] args) throws Exception {
    try (CaseWorker worker = new CaseWorker(args[0])) {
      for (int i = 1; i + 1 < args.length; i += 2)
        evaluate(worker, Path.of(args[i]), Path.of(args[i + 1]));
    }
    System.exit(0); // the worker's threads need not be waited for
  }

  private static void evaluate(CaseWorker worker, Path cases, Path results) throws Exception {
    try (BufferedReader in = Files.newBufferedReader(cases);
         OutputStream out = new BufferedOutputStream(Files.newOutputStream(results))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(JSON.writeValueAsBytes(evaluate(worker, JSON.readTree(line))));
        out.write('\n');
      }
    }
  }

  private static ObjectNode evaluate(CaseWorker worker, JsonNode given) {
    ObjectNode result = JSON.createObjectNode();
    result.set("id", given.get("id"));
    boolean sink = "sink".equals(given.get("direction").asText());
    CaseWorker.Outcome outcome =
        worker.run(config(given.get("config"), sink), sink, record(given.get("record")));
    if (outcome.error != null) {
      ObjectNode error = result.putObject("error");
      error.put("stage", outcome.stage);
      error.put("class", outcome.error.getClass().getSimpleName());
      String message = outcome.error.getMessage();
      error.put("message", message == null ? null : IDENTITY.matcher(message).replaceAll("@HASH"));
    } else if (outcome.record == null) {
      result.putNull("out");
    } else {
      write(result.putObject("out"), outcome.record);
    }
    return result;
  }

  private static Map<String, String> config(JsonNode given, boolean sink) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("name", "try");
    config.put("connector.class", "org.apache.kafka.connect.file.FileStream" +
                                      (sink ? "Sink" : "Source") + "Connector");
    config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    config.put("header.converter", "org.apache.kafka.connect.storage.SimpleHeaderConverter");
    given.fields().forEachRemaining(entry
                                    -> config.put(entry.getKey(), entry.getValue().isNull()
                                                                      ? null
                                                                      : entry.getValue().asText()));
    return new HashMap<>(config); // a worker's configurations have passed through one
  }

  private static CaseWorker.RawRecord record(JsonNode given) {
    CaseWorker.RawRecord record = new CaseWorker.RawRecord();
    record.topic = given.get("topic").asText();
    record.partition = isNull(given, "partition") ? null : given.get("partition").asInt();
    record.offset = isNull(given, "offset") ? 0 : given.get("offset").asLong();
    record.timestamp = isNull(given, "timestamp") ? null : given.get("timestamp").asLong();
    record.key = bytes(given.get("key"));
    record.value = bytes(given.get("value"));
    if (given.has("headers"))
      for (JsonNode header : given.get("headers"))
        record.headers.add(header.get(0).asText(), bytes(header.get(1)));
    return record;
  }

  private static boolean isNull(JsonNode given, String name) {
    return !given.has(name) || given.get(name).isNull();
  }

  private static byte[] bytes(JsonNode given) {
    if (given == null || given.isNull())
      return null;
    if (given.isObject())
      return Base64.getDecoder().decode(given.get("b64").asText());
    return given.asText().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(ObjectNode out, CaseWorker.RawRecord record) {
    out.put("topic", record.topic);
    out.put("partition", record.partition);
    out.put("timestamp", record.timestamp);
    out.set("key", text(record.key));
    out.set("value", text(record.value));
    ArrayNode headers = out.putArray("headers");
    record.headers.forEach(
        header -> headers.addArray().add(header.key()).add(text(header.value())));
  }

  private static JsonNode text(byte[] bytes) {
    if (bytes == null)
      return JSON.nullNode();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return JSON.getNodeFactory().textNode(BYTES_TEXT.matcher(text).replaceAll("[B@HASH"));
    } catch (CharacterCodingException notText) {
      return JSON.createObjectNode().put("b64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
