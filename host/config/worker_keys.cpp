#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "host/config/cluster_keys.h"
#include "host/config/key_builder.h"
#include "host/config/parse.h"
#include "host/config/plugin_names.h"
#include "host/config/worker_config.h"

namespace host::config {
namespace {

constexpr const char *kConnect = "Connect";
constexpr const char *kOffsets = "Offsets";
constexpr const char *kRest = "REST";
constexpr const char *kRunners = "Runners";

// The class keys of a worker all name converters; the two kinds have no alias in common.
std::optional<std::string> converter_class(std::string_view name) {
  if (auto found = find_class(builtin_converters(), name, kConverterSuffix))
    return found;
  return find_class(builtin_header_converters(), name, kHeaderConverterSuffix);
}

// By alias or class name, as Connect's.
Validator override_policy() {
  std::vector<std::string> names;
  for (const std::string alias : {"All", "None", "Principal", "Allowlist"}) {
    const std::string simple = alias + "ConnectorClientConfigOverridePolicy";
    names.insert(names.end(),
                 {alias, simple, "org.apache.kafka.connect.connector.policy." + simple});
  }
  return [names](std::string_view key, const Value &value) -> std::optional<std::string> {
    const std::string name = to_text(value);
    if (std::find(names.begin(), names.end(), name) != names.end())
      return std::nullopt;
    return invalid(key, name, "must be All, None, Principal or Allowlist");
  };
}

Validator positive() { return at_least(std::int64_t{1}); }
Validator not_negative() { return at_least(std::int64_t{0}); }

void define_connect(ConfigDef &def) {
  KeyGroup(def, kConnect)
      << list("bootstrap.servers", {"localhost:9092"})
             .high()
             .doc("Brokers, as host:port, that every client of this worker starts from.")
      << required("key.converter", Type::Class)
             .high()
             .doc("Converter of keys for connectors that name none; its own keys go behind "
                  "`key.converter.`.")
      << required("value.converter", Type::Class)
             .high()
             .doc("Converter of values for connectors that name none; its own keys go behind "
                  "`value.converter.`.")
      << with_default("header.converter", Type::Class,
                      Value(std::string("org.apache.kafka.connect.storage.SimpleHeaderConverter")))
             .low()
             .doc("Converter of header values for connectors that name none.")
      << nullable("plugin.path", Type::List)
             .low()
             .doc("Shared objects with connectors: files, or folders whose *.so files are all "
                  "plugins.")
      << nullable("plugin.cache.dir", Type::String)
             .low()
             .doc("Where it is kept what inspected plugins contain, so that a start need not load "
                  "them again; by default $XDG_CACHE_HOME/sluice or ~/.cache/sluice.")
      << list("config.providers", {})
             .low()
             .doc("Names for config providers, whose values stand for `${NAME:PATH:KEY}` in this "
                  "file and in connectors. `config.providers.NAME.class` is File, Directory or "
                  "EnvVar; `config.providers.NAME.param.KEY` are its parameters.")
      << number("task.shutdown.graceful.timeout.ms", Type::Long, 5000)
             .low()
             .check(not_negative())
             .doc("How long all tasks of one stop have, together, to end by themselves.")
      << text("connector.client.config.override.policy", "All")
             .medium()
             .check(override_policy())
             .doc("Which client keys connectors may set behind `producer.override.`, "
                  "`consumer.override.` and `admin.override.`: `All`, `None` or `Principal`.")
      << flag("topic.tracking.enable", true)
             .low()
             .doc("Whether the topics that a connector uses are remembered.")
      << flag("topic.tracking.allow.reset", true)
             .low()
             .doc("Whether clients may ask for that memory to be cleared.");
}

void define_offsets(ConfigDef &def) {
  KeyGroup(def, kOffsets)
      << nullable("offset.storage.file.filename", Type::String)
             .high()
             .doc("File with the source offsets. Exactly one of this and `offset.storage.topic` "
                  "must be set.")
      << nullable("offset.storage.topic", Type::String)
             .high()
             .doc("Topic with the source offsets, in the format of Kafka Connect's. Created, "
                  "compacted, when it does not exist.")
      << number("offset.storage.partitions", Type::Int, 25)
             .low()
             .doc("Partitions of a new offsets topic; -1: the broker's default.")
      << number("offset.storage.replication.factor", Type::Short, 3)
             .low()
             .doc("Replicas of a new offsets topic; -1: the broker's default.")
      << number("offset.flush.interval.ms", Type::Long, 60000)
             .low()
             .check(positive())
             .doc("How often each task commits its offsets, source and sink.")
      << number("offset.flush.timeout.ms", Type::Long, 5000)
             .low()
             .check(positive())
             .doc("How long one commit may take, and how long a task that ends waits for its last "
                  "records.");
}

void define_rest(ConfigDef &def) {
  KeyGroup(def, kRest)
      << list("listeners", {"http://:8083"})
             .low()
             .doc(
                 "Where the REST API listens, as http://host:port or https://host:port; no host: "
                 "every interface; port 0: any free one. The certificate of https is that of "
                 "`listeners.https.ssl.keystore.location`, or of `ssl.keystore.location` if no key "
                 "begins with `listeners.https.`: a PKCS12 store, or a PEM file with "
                 "`ssl.keystore.type=PEM`.")
      << nullable("admin.listeners", Type::List)
             .low()
             .doc(
                 "Where /admin/loggers is served instead of on `listeners`; empty: nowhere. TLS by "
                 "the keys behind `admin.listeners.https.`.")
      << nullable("rest.advertised.listener", Type::String)
             .low()
             .doc("http or https: which listener other workers use; by default http if there is "
                  "one.")
      << nullable("rest.advertised.host.name", Type::String)
             .low()
             .doc("Host name in this worker's id; by default that of the listener.")
      << nullable("rest.advertised.port", Type::Int)
             .low()
             .doc("Port in this worker's id; by default that of the listener.")
      << text("access.control.allow.origin", "")
             .low()
             .doc("Origins whose pages may use the REST API from a browser, separated by commas; "
                  "`*` stands for anything.")
      << text("access.control.allow.methods", "")
             .low()
             .doc("Methods that such pages may use; by default GET, POST and HEAD.")
      << text("response.http.headers.config", "")
             .low()
             .doc(
                 "Headers of every reply: rules `action name:value` between commas, the action one "
                 "of set, add, setDate, addDate; a rule with a comma stands in double quotes.")
      << list("rest.extension.classes", {})
             .low()
             .doc("BasicAuthSecurityRestExtension, by its name in Kafka Connect, asks every user "
                  "for "
                  "a password; there are no others.")
      << nullable("java.security.auth.login.config", Type::String)
             .low()
             .doc("For it: the file that a Java worker gets as a system property of this name. Its "
                  "entry KafkaConnect names the file with lines `user=password`.")
      << list("rest.users.read.only", {}).low().doc("Users whose requests may change nothing.")
      << nullable("rest.users.admin", Type::List)
             .low()
             .doc(
                 "Users that alone may use /admin, also on `admin.listeners`; by default every one "
                 "that may change something, and there anybody.")
      << number("rest.request.max.bytes", Type::Long, std::int64_t{4} << 20)
             .low()
             .check(positive())
             .doc("Largest body of a request; 413 above.")
      << number("rest.requests.per.second", Type::Int, 0)
             .low()
             .check(not_negative())
             .doc(
                 "Requests that one client address may make in a second; 429 above; 0: any number. "
                 "/health is not counted.");
}

void define_runners(ConfigDef &def) {
  KeyGroup(def, kRunners)
      << text("runner.isolation", "connector")
             .medium()
             .check(one_of({"connector", "task", "none"}))
             .doc("Processes of plugins: one per connector, one per task, or none: inside the "
                  "host, where a crash takes everything with it.")
      << text("runner.spawn", "template")
             .low()
             .check(one_of({"template", "exec"}))
             .doc("How runners are started: forked from a warmed process, or by a new start of the "
                  "program (for debuggers and sanitizers).")
      << number("runner.restart.max", Type::Int, 5)
             .medium()
             .check(not_negative())
             .doc("How many losses of a process within the window are answered by a restart; after "
                  "that its tasks are FAILED. A connector sets its own as "
                  "`sluice.runner.restart.max`, and so for the next five.")
      << number("runner.restart.window.ms", Type::Long, 600'000)
             .low()
             .check(positive())
             .doc("The window in which losses count.")
      << number("runner.restart.backoff.ms", Type::Long, 250)
             .low()
             .check(not_negative())
             .doc("Pause before the first restart; it doubles with each further one.")
      << number("runner.restart.backoff.max.ms", Type::Long, 30'000)
             .low()
             .check(not_negative())
             .doc("Longest pause before a restart.")
      << number("runner.memory.max", Type::Long, std::int64_t{512} << 20)
             .medium()
             .check(at_least(std::int64_t{16} << 20))
             .doc("Bytes of memory that one runner may use before it is ended as a loss.")
      << number("task.stall.timeout.ms", Type::Long, 300'000)
             .medium()
             .check(positive())
             .doc("How long one call into a plugin may take before its process is ended as a loss.")
      << number("source.in.flight.max.bytes", Type::Long, std::int64_t{32} << 20)
             .low()
             .check(positive())
             .doc(
                 "Bytes of records that a source task may have between poll and acknowledgement; a "
                 "larger record goes alone.")
      << number("sink.batch.max.records", Type::Long, 1000)
             .low()
             .check(positive())
             .doc("Most records of one put.")
      << number("sink.retained.max.bytes", Type::Long, std::int64_t{64} << 20)
             .low()
             .check(positive())
             .doc("Bytes of records that a sink task may hold on to; above it, reading pauses.");
}

} // namespace

const ConfigDef &worker_def() {
  static const ConfigDef def = [] {
    ConfigDef d;
    define_connect(d);
    define_offsets(d);
    define_cluster_keys(d);
    define_rest(d);
    define_runners(d);
    d.resolve_with(converter_class);
    return d;
  }();
  return def;
}

} // namespace host::config
