#include "host/config/cluster_keys.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "host/config/key_builder.h"
#include "host/config/parse.h"
#include "host/config/validators.h"

namespace host::config {
namespace {

constexpr const char *kCluster = "Cluster";
constexpr const char *kConfigTopic = "config.storage.topic";
constexpr const char *kSignature = "inter.worker.signature.algorithm";
constexpr const char *kVerification = "inter.worker.verification.algorithms";
constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();

// Without these there is no cluster.
constexpr std::array<std::string_view, 3> kRequired = {"group.id", "offset.storage.topic",
                                                       "status.storage.topic"};

// At least one, or the broker's default.
Validator count_of(std::string what) {
  return [what](std::string_view key, const Value &value) -> std::optional<std::string> {
    const auto *number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number == -1 || *number >= 1)
      return std::nullopt;
    return invalid(key, to_text(value),
                   what + " must be at least 1, or -1 to use the broker's default");
  };
}

Validator partitions() { return count_of("Number of partitions"); }
Validator replication() { return count_of("Replication factor"); }

// Connect's check and its words.
Validator protocol() {
  return [known = one_of_nocase({"eager", "compatible", "sessioned"})](
             std::string_view key, const Value &value) -> std::optional<std::string> {
    if (!known(key, value))
      return std::nullopt;
    return invalid(key, to_text(value), "Invalid Connect protocol compatibility");
  };
}

Validator mac() {
  return one_of({"HmacSHA256", "HmacSHA1", "HmacSHA224", "HmacSHA384", "HmacSHA512"});
}

Validator macs() {
  return [one = mac()](std::string_view key, const Value &value) -> std::optional<std::string> {
    const auto *names = std::get_if<List>(&value);
    if (names == nullptr || names->empty())
      return invalid(key, to_text(value),
                     "At least one signature verification algorithm must be provided");
    for (const std::string &name : *names)
      if (auto problem = one(key, Value(name)))
        return problem;
    return std::nullopt;
  };
}

void define_group(KeyGroup &group) {
  group
      << nullable("group.id", Type::String)
             .high()
             .doc("Name of the cluster that this worker is one of: all with the same name, on the "
                  "same brokers, share their connectors. No consumer group may have it. Needed "
                  "if `config.storage.topic` is set.")
      << number("session.timeout.ms", Type::Int, 10'000)
             .high()
             .check(between(1, kMaxInt))
             .doc("How long a worker may be silent before the others take over its work. What it "
                  "runs ends by itself before that.")
      << number("heartbeat.interval.ms", Type::Int, 200)
             .high()
             .check(between(1, kMaxInt))
             .doc("How often a worker tells the group that it lives, and hears of changes. "
                  "Connect's default is 3000: here others take over sooner.")
      << number("rebalance.timeout.ms", Type::Int, 60'000)
             .high()
             .check(between(1, kMaxInt))
             .doc("How long each worker has to join when work is to be shared out anew.")
      << text("connect.protocol", "sessioned")
             .low()
             .check(protocol())
             .doc("How work is shared out: `sessioned` or `compatible` moves only what must move, "
                  "`eager` stops everything first; `sessioned` also signs the requests that "
                  "workers send each other. The group uses what all its workers can.")
      << number("scheduled.rebalance.max.delay.ms", Type::Int, 1'000)
             .low()
             .check(between(0, kMaxInt))
             .doc("How long the work of a worker that left or fell silent waits for it to come "
                  "back. Connect's default is 300000. The work of a worker that is known to be "
                  "dead does not wait.")
      << text("worker.death.detection", "tether")
             .low()
             .check(one_of({"tether", "session"}))
             .doc("How a worker is known to be dead: `tether` also by a connection that the leader "
                  "keeps to its REST API, and it to the leader's: one that breaks and cannot be "
                  "made again, because the port is closed, tells at once. `session`: only by its "
                  "silence.")
      << number("worker.sync.timeout.ms", Type::Int, 3'000)
             .medium()
             .check(at_least(std::int64_t{0}))
             .doc("How long a worker may take to read what is new on the config topic.")
      << number("worker.unsync.backoff.ms", Type::Int, 1'000)
             .medium()
             .check(at_least(std::int64_t{0}))
             .doc("Pause before a worker joins again that could not read the config topic in "
                  "time. Connect's default is 300000.")
      << number("rest.rebalance.wait.ms", Type::Int, 10'000)
             .low()
             .check(at_least(std::int64_t{0}))
             .doc("How long a request that only the right worker can answer waits for the end of "
                  "a rebalance; then it is answered with 409.");
}

void define_topics(KeyGroup &group) {
  group << nullable(kConfigTopic, Type::String)
               .high()
               .doc("Topic with the connectors' configurations, in the format of Kafka Connect's. "
                    "Makes this worker one of a cluster. Created, compacted, with one partition, "
                    "when it does not exist.")
        << number("config.storage.replication.factor", Type::Short, 3)
               .low()
               .check(replication())
               .doc("Replicas of a new config topic; -1: the broker's default.")
        << nullable("status.storage.topic", Type::String)
               .high()
               .doc("Topic with the statuses of connectors and tasks, in the format of Kafka "
                    "Connect's. Created, compacted, when it does not exist. Needed if "
                    "`config.storage.topic` is set.")
        << number("status.storage.partitions", Type::Int, 5)
               .low()
               .check(partitions())
               .doc("Partitions of a new status topic; -1: the broker's default.")
        << number("status.storage.replication.factor", Type::Short, 3)
               .low()
               .check(replication())
               .doc("Replicas of a new status topic; -1: the broker's default.");
}

void define_keys(KeyGroup &group) {
  group << text("inter.worker.key.generation.algorithm", "HmacSHA256")
               .low()
               .check(one_of(
                   {"HmacSHA256", "HmacSHA1", "HmacSHA224", "HmacSHA384", "HmacSHA512", "HmacMD5"}))
               .doc("Kind of the keys with which workers sign requests to each other.")
        << nullable("inter.worker.key.size", Type::Int)
               .low()
               .doc("Their length in bits; by default what is usual for the algorithm.")
        << number("inter.worker.key.ttl.ms", Type::Int, 3'600'000)
               .low()
               .check(between(0, kMaxInt))
               .doc("How long a key is used before the leader makes a new one; 0: for ever.")
        << text(kSignature, "HmacSHA256")
               .low()
               .check(mac())
               .doc("How requests to other workers are signed.")
        << list(kVerification, {"HmacSHA256"})
               .low()
               .check(macs())
               .doc("Which signatures are accepted; must contain "
                    "`inter.worker.signature.algorithm`.");
}

const ConfigDef &cluster_def() {
  static const ConfigDef def = [] {
    ConfigDef d;
    define_cluster_keys(d);
    return d;
  }();
  return def;
}

} // namespace

void define_cluster_keys(ConfigDef &def) {
  KeyGroup group(def, kCluster);
  define_topics(group);
  define_group(group);
  define_keys(group);
}

bool is_distributed(const StringMap &worker) { return worker.contains(kConfigTopic); }

bool is_cluster_key(std::string_view key) { return cluster_def().find(key) != nullptr; }

Result<Values> cluster_values(const StringMap &worker) { return cluster_def().parse(worker); }

std::vector<KeyProblem> check_cluster_keys(const StringMap &worker) {
  std::vector<KeyProblem> problems;
  for (const std::string_view key : kRequired)
    if (worker.get(key).empty())
      problems.push_back(
          {std::string(key),
           fmt::format("Missing required configuration \"{}\" which has no default value: {} is "
                       "set, so this worker is one of a cluster",
                       key, kConfigTopic)});
  const auto values = cluster_values(worker);
  if (!values)
    return problems; // each wrong value has its own message
  const List allowed = values->list(kVerification);
  if (std::find(allowed.begin(), allowed.end(), values->text(kSignature)) == allowed.end())
    problems.push_back(
        {kSignature, fmt::format("{}: Signature algorithm must be present in {} list", kSignature,
                                 kVerification)});
  if (values->integer("heartbeat.interval.ms") >= values->integer("session.timeout.ms"))
    problems.push_back({"heartbeat.interval.ms",
                        "heartbeat.interval.ms must be lower than session.timeout.ms; a third of "
                        "it at most is usual"});
  return problems;
}

} // namespace host::config
