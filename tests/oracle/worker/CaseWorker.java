package org.apache.kafka.connect.runtime;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.connector.policy.AllConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.runtime.errors.ErrorHandlingMetrics;
import org.apache.kafka.connect.runtime.errors.ProcessingContext;
import org.apache.kafka.connect.runtime.errors.RetryWithToleranceOperator;
import org.apache.kafka.connect.runtime.errors.Stage;
import org.apache.kafka.connect.runtime.isolation.LoaderSwap;
import org.apache.kafka.connect.runtime.isolation.Plugins;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.ClusterConfigState;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.apache.kafka.connect.util.ConnectUtils;
import org.apache.kafka.connect.util.ConnectorTaskId;

/**
 * Kafka Connect's Worker up to the moment when a task would touch Kafka: its own startTask reads
 * the configuration and makes converters, transforms and error operator, with a task builder that
 * keeps them. Records then take the way that WorkerSinkTask and AbstractWorkerSourceTask send them.
 */
class CaseWorker implements AutoCloseable {
  static class RawRecord {
    String topic;
    Integer partition;
    long offset;
    Long timestamp;
    byte[] key;
    byte[] value;
    RecordHeaders headers = new RecordHeaders();
  }

  /** A record, nothing (filtered), or an error with its stage. */
  static class Outcome {
    RawRecord record;
    String stage;
    Throwable error;
  }

  private static final ConnectorTaskId ID = new ConnectorTaskId("try", 0);

  private final Plugins plugins;
  private final Worker worker;
  private final Method startTask;

  CaseWorker(String pluginPath) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", "127.0.0.1:1");
    settings.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("offset.storage.file.filename", "unused");
    settings.put("plugin.path", pluginPath);
    plugins = new Plugins(settings);
    plugins.compareAndSwapWithDelegatingLoader();
    StandaloneConfig config = new StandaloneConfig(settings) {
      @Override
      public String kafkaClusterId() {
        return "cluster";
      }
    };
    worker = new Worker("oracle", Time.SYSTEM, plugins, config, new MemoryOffsetBackingStore() {
      @Override
      public java.util.Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return java.util.Set.of();
      }
    }, new AllConnectorClientConfigOverridePolicy());
    worker.start();
    startTask = Worker.class.getDeclaredMethod("startTask", ConnectorTaskId.class, Map.class,
                                               Map.class, ClusterConfigState.class,
                                               TaskStatus.Listener.class, Worker.TaskBuilder.class);
    startTask.setAccessible(true);
  }

  @Override
  public void close() {
    worker.stop();
  }

  Outcome run(Map<String, String> config, boolean sink, RawRecord record) {
    Outcome outcome = new Outcome();
    Pipeline pipeline = start(config, sink, outcome);
    if (pipeline == null)
      return outcome;
    try (pipeline; LoaderSwap swap = plugins.withClassLoader(pipeline.loader)) {
      pipeline.run(record, outcome);
    }
    return outcome;
  }

  private Pipeline start(Map<String, String> config, boolean sink, Outcome outcome) {
    Failure failure = new Failure();
    PipelineBuilder builder = new PipelineBuilder(failure, sink);
    Map<String, String> taskConfig = new HashMap<>(config);
    taskConfig.put("task.class", NoTask.class.getName());
    try {
      startTask.invoke(worker, ID, config, taskConfig, ClusterConfigState.EMPTY, failure, builder);
    } catch (InvocationTargetException thrown) {
      failure.error = thrown.getCause();
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
    if (failure.error instanceof Built)
      return builder.pipeline;
    outcome.stage = "config";
    outcome.error = failure.error;
    return null;
  }

  /** Stands for the connector's task class, which configurations of cases do not choose. */
  public static class NoTask implements Task {
    @Override
    public String version() {
      return "0";
    }
    @Override
    public void start(Map<String, String> config) {}
    @Override
    public void stop() {}
  }

  /** Ends startTask once everything is made, before there is a consumer or producer. */
  private static class Built extends RuntimeException {
    Built() { super(null, null, false, false); }
  }

  private static class Failure implements TaskStatus.Listener {
    Throwable error;

    @Override
    public void onFailure(ConnectorTaskId id, Throwable cause) {
      error = cause;
    }
    @Override
    public void onStartup(ConnectorTaskId id) {}
    @Override
    public void onPause(ConnectorTaskId id) {}
    @Override
    public void onResume(ConnectorTaskId id) {}
    @Override
    public void onShutdown(ConnectorTaskId id) {}
    @Override
    public void onDeletion(ConnectorTaskId id) {}
    @Override
    public void onRestart(ConnectorTaskId id) {}
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private class PipelineBuilder extends Worker.TaskBuilder {
    private final boolean sink;
    Pipeline pipeline;

    PipelineBuilder(TaskStatus.Listener listener, boolean sink) {
      worker.super(ID, ClusterConfigState.EMPTY, listener, TargetState.STARTED);
      this.sink = sink;
    }

    @Override
    WorkerTask doBuild(Task task, ConnectorTaskId id, ClusterConfigState configState,
                       TaskStatus.Listener listener, TargetState initialState,
                       ConnectorConfig config, Plugin key, Plugin value, Plugin header,
                       ClassLoader loader, RetryWithToleranceOperator operator,
                       TransformationChain chain, ErrorHandlingMetrics metrics,
                       Class connectorClass, TaskPluginsMetadata metadata) {
      if (sink)
        new SinkConnectorConfig(plugins, config.originalsStrings());
      else
        new SourceConnectorConfig(plugins, config.originalsStrings(), true);
      pipeline = new Pipeline();
      pipeline.sink = sink;
      pipeline.key = (Converter)key.get();
      pipeline.value = (Converter)value.get();
      pipeline.header = (HeaderConverter)header.get();
      pipeline.loader = loader;
      pipeline.operator = operator;
      pipeline.chain = chain;
      throw new Built();
    }
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static class Pipeline implements AutoCloseable {
    boolean sink;
    Converter key;
    Converter value;
    HeaderConverter header;
    ClassLoader loader;
    RetryWithToleranceOperator operator;
    TransformationChain chain;

    @Override
    public void close() {
      chain.close();
    }

    void run(RawRecord raw, Outcome outcome) {
      ProcessingContext context = new ProcessingContext(raw);
      try {
        outcome.stage = "convert_in";
        ConnectRecord record = convertIn(raw, context);
        if (record == null)
          return;
        outcome.stage = "transform";
        record = (ConnectRecord)chain.apply(context, record);
        if (record == null)
          return;
        outcome.stage = "convert_out";
        context = new ProcessingContext(raw);
        outcome.record = convertOut(record, context);
      } catch (ConnectException wrapped) {
        // The operator's exception is the same for all; what users look at is its cause.
        outcome.error =
            context.failed() && wrapped.getCause() == context.error() ? context.error() : wrapped;
      } catch (Throwable thrown) {
        outcome.error = thrown;
      }
    }

    private ConnectRecord convertIn(RawRecord raw, ProcessingContext context) {
      SchemaAndValue recordKey = (SchemaAndValue)operator.execute(
          context,
          ()
              -> key.toConnectData(raw.topic, raw.headers, raw.key),
          Stage.KEY_CONVERTER, key.getClass());
      SchemaAndValue recordValue = (SchemaAndValue)operator.execute(
          context,
          ()
              -> value.toConnectData(raw.topic, raw.headers, raw.value),
          Stage.VALUE_CONVERTER, value.getClass());
      Headers headers = (Headers)operator.execute(
          context, () -> connectHeaders(raw), Stage.HEADER_CONVERTER, header.getClass());
      if (context.failed())
        return null;
      Long timestamp =
          raw.timestamp == null ? null : ConnectUtils.checkAndConvertTimestamp(raw.timestamp);
      if (sink)
        return new SinkRecord(
            raw.topic, raw.partition == null ? 0 : raw.partition, recordKey.schema(),
            recordKey.value(), recordValue.schema(), recordValue.value(), raw.offset, timestamp,
            raw.timestamp == null ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
            headers);
      return new SourceRecord(Map.of(), Map.of(), raw.topic, raw.partition, recordKey.schema(),
                              recordKey.value(), recordValue.schema(), recordValue.value(),
                              timestamp, headers);
    }

    private Headers connectHeaders(RawRecord raw) {
      Headers headers = new ConnectHeaders();
      for (org.apache.kafka.common.header.Header each : raw.headers)
        headers.add(each.key(), header.toConnectHeader(raw.topic, each.key(), each.value()));
      return headers;
    }

    private RawRecord convertOut(ConnectRecord<?> record, ProcessingContext context) {
      RecordHeaders headers = (RecordHeaders)operator.execute(
          context, () -> rawHeaders(record), Stage.HEADER_CONVERTER, header.getClass());
      byte[] rawKey = (byte[])operator.execute(
          context,
          ()
              -> key.fromConnectData(record.topic(), headers, record.keySchema(), record.key()),
          Stage.KEY_CONVERTER, key.getClass());
      byte[] rawValue = (byte[])operator.execute(
          context,
          ()
              -> value.fromConnectData(record.topic(), headers, record.valueSchema(),
                                       record.value()),
          Stage.VALUE_CONVERTER, value.getClass());
      if (context.failed())
        return null;
      ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(
          record.topic(), record.kafkaPartition(),
          ConnectUtils.checkAndConvertTimestamp(record.timestamp()), rawKey, rawValue, headers);
      RawRecord raw = new RawRecord();
      raw.topic = sent.topic();
      raw.partition = sent.partition();
      raw.timestamp = sent.timestamp();
      raw.key = sent.key();
      raw.value = sent.value();
      raw.headers = headers;
      return raw;
    }

    private RecordHeaders rawHeaders(ConnectRecord<?> record) {
      RecordHeaders headers = new RecordHeaders();
      for (Header each : record.headers())
        headers.add(each.key(), header.fromConnectHeader(record.topic(), each.key(), each.schema(),
                                                         each.value()));
      return headers;
    }
  }
}
