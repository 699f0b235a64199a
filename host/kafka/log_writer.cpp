#include "host/kafka/log_writer.h"

#include <utility>

#include "host/kafka/native_client.h"

namespace host::kafka {

LogWriter::LogWriter(std::unique_ptr<Producer> producer, Topic topic)
    : producer_(std::move(producer)), topic_(topic) {}

Result<std::unique_ptr<LogWriter>> LogWriter::create(const ClientConfig &config,
                                                     const std::string &topic, int wake_fd) {
  HOST_ASSIGN(auto producer, Producer::create(config));
  HOST_ASSIGN(const Topic handle, producer->topic(topic));
  const Queue queue(rd_kafka_queue_get_main(producer->handle()));
  const std::uint64_t one = 1;
  rd_kafka_queue_io_event_enable(queue.get(), wake_fd, &one, sizeof one);
  return std::unique_ptr<LogWriter>(new LogWriter(std::move(producer), handle));
}

LogWriter::~LogWriter() {
  for (auto &[raw, group] : groups_)
    group->done(fail(Code::Cancelled, "the store was stopped before its write was acknowledged"));
}

void LogWriter::write(std::vector<TopicLog::Entry> entries, TopicLog::Done done) {
  auto group = std::make_unique<Group>();
  group->entries = std::move(entries);
  group->done = std::move(done);
  waiting_.push_back(group.get());
  groups_.emplace(group.get(), std::move(group));
}

Status LogWriter::serve() {
  producer_->poll(Duration::zero(), [this](auto deliveries) { on_deliveries(deliveries); });
  while (!waiting_.empty()) {
    Group *group = waiting_.front();
    if (!produce(*group))
      break;
    waiting_.pop_front();
    finish_if_done(group);
  }
  auto failure = producer_->fatal_error();
  if (!failure)
    return {};
  waiting_.clear();
  for (auto &[raw, group] : std::exchange(groups_, {}))
    group->done(fail(Error(Code::Retry, failure->exception(), failure->message())));
  return fail(*std::move(failure));
}

// False when the producer has no room: go on after the next delivery.
bool LogWriter::produce(Group &group) {
  for (; group.produced < group.entries.size(); ++group.produced) {
    const TopicLog::Entry &entry = group.entries[group.produced];
    OutRecord record;
    record.topic = topic_;
    record.key = Slice::of(entry.key);
    record.value = entry.value ? Slice::of(*entry.value) : Slice();
    record.opaque = &group;
    const ProduceResult result = producer_->produce(record);
    if (result.outcome == Produced::QueueFull)
      return false;
    if (result.outcome == Produced::Queued)
      ++group.open;
    else if (group.status)
      group.status = fail(error_of(result.code, "writing to the store's topic"));
  }
  return true;
}

void LogWriter::finish_if_done(Group *group) {
  if (group->open > 0 || group->produced < group->entries.size())
    return;
  auto node = groups_.extract(group);
  node.mapped()->done(std::move(node.mapped()->status));
}

void LogWriter::on_deliveries(std::span<const Delivery> deliveries) {
  for (const Delivery &delivery : deliveries) {
    auto *group = static_cast<Group *>(delivery.opaque);
    if (delivery.error != ErrorCode::None && group->status)
      group->status = fail(error_of(delivery.error, "writing to the store's topic"));
    --group->open;
    finish_if_done(group);
  }
}

} // namespace host::kafka
