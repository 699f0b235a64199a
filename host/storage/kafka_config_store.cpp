#include "host/storage/kafka_config_store.h"

#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/storage/store_topics.h"

namespace host::storage {
namespace {

const log::Logger kLog{"sluice.storage"};

using Kind = ConfigKey::Kind;
using Entry = kafka::TopicLog::Entry;

// The length of names in the group's payloads is a 16-bit number (contract 7.2).
constexpr std::size_t kLongestName = 32'767;

Entry entry(Kind kind, const std::string &name, std::optional<std::string> value) {
  return {ConfigKey{kind, name}.text(), std::move(value)};
}

kafka::TopicLog::Settings with_reader(kafka::TopicLog::Settings settings,
                                      kafka::LogReader::OnRecord on_record) {
  settings.on_record = std::move(on_record);
  // What was given up must not arrive when the herder has long done something else.
  settings.producer.set("linger.ms", "0"); // each write is waited for before the next
  settings.producer.set("delivery.timeout.ms", std::to_string(ConfigStore::kWriteBudget.count()));
  return settings;
}

} // namespace

KafkaConfigStore::KafkaConfigStore(kafka::TopicLog::Settings settings)
    : topic_(settings.topic.topic.name),
      log_(with_reader(std::move(settings), [this](const auto &record) { on_record(record); })) {}

KafkaConfigStore::~KafkaConfigStore() { log_.stop(); }

void KafkaConfigStore::start(OnEvent on_event, Done on_ready) {
  on_event_ = std::move(on_event);
  log_.start([this, on_ready = std::move(on_ready)](const Status &status) {
    ready_ = status.has_value();
    on_ready(status);
  });
}

void KafkaConfigStore::stop() { log_.stop(); }

std::shared_ptr<const ConfigState> KafkaConfigStore::snapshot() const {
  std::lock_guard lock(mutex_);
  return table_.snapshot();
}

void KafkaConfigStore::refresh(Duration timeout, Done done) {
  log_.read_to_end(std::move(done), std::chrono::steady_clock::now() + timeout);
}

void KafkaConfigStore::put_connector(const std::string &connector, const StringMap &config,
                                     std::optional<TargetState> target, Done done) {
  if (connector.size() > kLongestName)
    return done(
        fail(Code::BadRequest, exception::kBadRequest,
             fmt::format("The name of a connector must be at most {} bytes long", kLongestName)));
  Entries entries;
  // First, so that nobody starts what is to be stopped.
  if (target)
    entries.push_back(entry(Kind::TargetState, connector, encode_target_state(*target)));
  entries.push_back(entry(Kind::Connector, connector, encode_properties(config)));
  write(connector, "Error writing connector configuration to Kafka", {std::move(entries)},
        std::move(done));
}

void KafkaConfigStore::remove_connector(const std::string &connector, Done done) {
  write(connector, "Error removing connector configuration from Kafka",
        {{entry(Kind::Connector, connector, std::nullopt),
          entry(Kind::TargetState, connector, std::nullopt)}},
        std::move(done));
}

// The commit goes last, and not before the rest was read: what it commits must be there for all.
void KafkaConfigStore::put_task_configs(const std::string &connector,
                                        const std::vector<StringMap> &tasks, Done done) {
  Entries configs;
  for (std::size_t i = 0; i < tasks.size(); ++i)
    configs.push_back({ConfigKey{Kind::Task, connector, static_cast<std::int32_t>(i)}.text(),
                       encode_properties(tasks[i])});
  std::deque<Entries> steps{{}}; // read to the end first, as a leader that is new must
  if (!configs.empty())
    steps.push_back(std::move(configs));
  steps.push_back({entry(Kind::Commit, connector,
                         encode_task_commit(static_cast<std::int32_t>(tasks.size())))});
  write(connector, "Error writing task configurations to Kafka", std::move(steps), std::move(done));
}

void KafkaConfigStore::put_target_state(const std::string &connector, TargetState target,
                                        Done done) {
  write(connector, "Error writing target state to Kafka",
        {{entry(Kind::TargetState, connector, encode_target_state(target))}}, std::move(done));
}

void KafkaConfigStore::put_task_count(const std::string &connector, std::int32_t tasks, Done done) {
  write(connector, "Error writing task count record to Kafka",
        {{entry(Kind::TaskCount, connector, encode_task_count(tasks))}}, std::move(done));
}

void KafkaConfigStore::put_session_key(const SessionKey &key, Done done) {
  write("", "Error writing session key to Kafka",
        {{entry(Kind::SessionKey, "", encode_session_key(key))}}, std::move(done));
}

void KafkaConfigStore::put_restart_request(const RestartRequest &request, Done done) {
  Entry record = entry(Kind::Restart, request.connector, encode_restart(request));
  std::string failure = fmt::format("Error writing {} to Kafka", record.key);
  write(request.connector, std::move(failure), {{std::move(record)}}, std::move(done));
}

void KafkaConfigStore::put_logger_level(const std::string &logger, const std::string &level,
                                        Done done) {
  write("", "Error writing logger level to Kafka",
        {{entry(Kind::LoggerLevel, logger, encode_logger_level(level))}}, std::move(done));
}

void KafkaConfigStore::write(const std::string &connector, std::string failure,
                             std::deque<Entries> steps, Done done) {
  auto operation = std::make_shared<Operation>(
      Operation{connector, std::move(failure), std::move(steps),
                std::chrono::steady_clock::now() + kWriteBudget, std::move(done)});
  if (!connector.empty()) {
    std::lock_guard lock(mutex_);
    auto &queue = queues_[connector];
    queue.push_back(operation);
    if (queue.size() > 1)
      return; // finish() of the one before goes on with it
  }
  step(operation);
}

void KafkaConfigStore::step(const OperationPtr &operation) {
  if (operation->steps.empty())
    return finish(operation, {});
  Entries entries = std::move(operation->steps.front());
  operation->steps.pop_front();
  if (entries.empty())
    return read_back(operation);
  log_.write(
      std::move(entries),
      [this, operation](const Status &written) {
        if (written)
          read_back(operation);
        else
          finish(operation, written);
      },
      operation->deadline);
}

void KafkaConfigStore::read_back(const OperationPtr &operation) {
  log_.read_to_end(
      [this, operation](const Status &read) {
        if (read)
          step(operation);
        else
          finish(operation, read);
      },
      operation->deadline);
}

void KafkaConfigStore::finish(const OperationPtr &operation, Status status) {
  OperationPtr next;
  if (!operation->connector.empty()) {
    std::lock_guard lock(mutex_);
    const auto queue = queues_.find(operation->connector);
    queue->second.pop_front();
    if (queue->second.empty())
      queues_.erase(queue);
    else
      next = queue->second.front();
  }
  if (!status && status.error().code() != Code::Cancelled) {
    kLog.error("{}: {}", operation->failure, status.error().message());
    const Code code = status.error().code();
    status = fail(Error(status.error()).wrap(code, exception::kConnect, operation->failure));
  }
  operation->done(std::move(status));
  if (next)
    step(next);
}

void KafkaConfigStore::on_record(const kafka::LogRecord &record) {
  std::unique_lock lock(mutex_);
  const auto applied = table_.apply(record.offset, record.key, record.value);
  lock.unlock();
  if (!applied) {
    skipped_.fetch_add(1, std::memory_order_relaxed);
    kLog.error("Skipping the record at offset {} of topic '{}', key '{}': {}", record.offset,
               topic_, record.key, applied.error().message());
  } else if (ready_ && *applied) {
    on_event_(**applied);
  }
}

std::uint64_t KafkaConfigStore::skipped_records() const {
  return skipped_.load(std::memory_order_relaxed);
}

std::string KafkaConfigStore::waiting_for() const { return log_.waiting_for(); }

Result<std::unique_ptr<ConfigStore>> open_config_store(const StringMap &worker) {
  HOST_ASSIGN(auto settings, topic_log_settings(StoreKind::Configs, worker));
  return std::make_unique<KafkaConfigStore>(std::move(settings));
}

} // namespace host::storage
