#include "host/runtime/sink_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

using metrics::Callback;
using metrics::CallbackGuard;
using metrics::Stage;

// How long a task without records waits before it shows that it lives.
constexpr Duration kLongestPoll{5'000};
// Until a batch is put again when the plugin did not say when.
constexpr Duration kRetryPause{1'000};
constexpr Duration kSeekTimeout{5'000};
// How soon the acknowledgements of dead letters are seen to.
constexpr Duration kLetterCheck{100};

Duration until(TimePoint when, TimePoint now) {
  if (when <= now)
    return Duration(0);
  return when - now > kLongestPoll ? kLongestPoll : std::chrono::ceil<Duration>(when - now);
}

} // namespace

SinkSession::SinkSession(SinkSetting setting)
    : setting_(std::move(setting)), schemas_(std::make_shared<data::SchemaPool>()),
      batches_(std::make_shared<SinkBatchPool>()),
      errant_(std::make_shared<ErrantRecords>(setting_.errors, holds_)) {}

SinkSession::~SinkSession() = default;

void SinkSession::stage(Stage stage) {
  setting_.slot.stage.store(static_cast<std::uint32_t>(stage), std::memory_order_relaxed);
}

Status SinkSession::run() {
  stage(Stage::Starting);
  HOST_TRY(create());
  HOST_TRY(create_consumer());
  HOST_TRY(start());
  setting_.report(State::Running);
  while (!stopping()) {
    add(setting_.slot.ticks, 1);
    HOST_TRY(turn());
  }
  return {};
}

Status SinkSession::create() {
  const SinkSetting &s = setting_;
  HOST_ASSIGN(subscription_, SinkSubscription::from(s.spec));
  HOST_ASSIGN(auto converters, make_converters(s.spec, *schemas_));
  HOST_ASSIGN(auto chain, transform::Chain::create(s.spec.connector_config, *schemas_));
  HOST_ASSIGN(auto conversion,
              SinkConversion::make(std::move(converters), std::move(chain),
                                   s.connector->descriptor(),
                                   {s.errors, holds_, *s.signals, s.clock, s.slot}));
  conversion_.emplace(std::move(conversion));
  if (DeadLetters *letters = s.errors->dead_letters())
    HOST_TRY(letters->open(s.signals->stop_token()));
  services_ = std::make_shared<SinkServices>(s.signals, s.waker, partitions_, errant_);
  const CallbackGuard guard(s.slot, Callback::Create);
  schemas_->begin_records();
  HOST_ASSIGN(instance_, plugin::SinkInstance::create(s.connector, s.spec.id, services_, schemas_));
  s.gate.open();
  if (stopping()) // the request may have come before the gate was open
    cancel();
  return {};
}

Status SinkSession::create_consumer() {
  const SinkSetting &s = setting_;
  HOST_ASSIGN(const auto config, kafka::client_config({.kind = kafka::ClientKind::SinkConsumer,
                                                       .worker = s.spec.worker_config,
                                                       .connector = &s.spec.connector_config,
                                                       .task = s.spec.id}));
  HOST_TRY(kafka::check_library(config));
  kafka::warn_unused(config);
  batch_records_ = static_cast<std::size_t>(config.max_poll_records);
  stale_member_.emplace(config);
  HOST_ASSIGN(consumer_,
              kafka::Consumer::create(
                  config, {[this](auto partitions) { on_assigned(partitions); },
                           [this](auto partitions, bool lost) { on_revoked(partitions, lost); }}));
  s.waker->attach(*consumer_);
  return {};
}

Status SinkSession::start() {
  {
    const CallbackGuard guard(setting_.slot, Callback::Start);
    HOST_TRY(instance_->start(setting_.spec.task_config));
  }
  started_ = true;
  committer_.emplace(*instance_, *consumer_, partitions_, setting_.slot, *setting_.signals, *holds_,
                     setting_.options, now());
  return {};
}

Status SinkSession::turn() {
  if (setting_.signals->failed())
    return setting_.signals->failure();
  HOST_TRY(look_after_letters());
  HOST_TRY(subscription_->turn(*consumer_, now()));
  if (connector_paused_ != setting_.signals->paused()) {
    connector_paused_ = !connector_paused_;
    setting_.signals->request_commit();
    pauses_changed_ = true;
  }
  setting_.report(connector_paused_ ? State::Paused : State::Running);
  if (!committer_->turn(now()))
    rewind_to_committed();
  HOST_TRY(apply_rewinds());
  look_at_budget();
  HOST_TRY(sync_pauses());
  HOST_TRY(poll(poll_timeout(now())));
  return stopping() ? Status() : put();
}

// Records that failed, here or in the plugin, and where they went.
Status SinkSession::look_after_letters() {
  if (auto failure = errant_->failure())
    return std::move(*failure).wrap(Code::Fatal, exception::kConnect,
                                    "Exiting WorkerSinkTask due to unrecoverable exception.");
  return setting_.errors->serve_letters();
}

Duration SinkSession::poll_timeout(TimePoint now) {
  Duration timeout =
      std::min(until(committer_->next_turn(), now), until(subscription_->next_turn(), now));
  const auto wanted = services_->take_retry_after();
  if (wanted)
    timeout = std::min(timeout, *wanted);
  else if (redelivering_)
    timeout = std::min(timeout, kRetryPause);
  if (DeadLetters *letters = setting_.errors->dead_letters(); letters && letters->outstanding())
    timeout = std::min(timeout, kLetterCheck);
  return timeout;
}

Status SinkSession::poll(Duration timeout) {
  stage(Stage::Waiting);
  auto messages = consumer_->poll(batch_records_, timeout);
  if (rebalance_failure_)
    return std::move(*std::exchange(rebalance_failure_, {}));
  if (!messages)
    return std::move(messages).error();
  if (messages->empty())
    return {};
  if (batch_ != nullptr) { // all is paused then; what slipped through is read again, uncounted
    for (std::size_t i = messages->size(); i-- > 0;)
      services_->rewind({std::string((*messages)[i].topic), (*messages)[i].partition},
                        Offset((*messages)[i].offset));
    return {};
  }
  stage(Stage::Converting);
  add(setting_.slot.batches, 1);
  add(setting_.slot.records_in, messages->size());
  add(setting_.slot.bytes_in, messages->bytes());
  const std::int64_t now_ms = metrics::boottime_ms();
  setting_.slot.batch_records.add(messages->size(), now_ms);
  setting_.slot.active_records.add(messages->size(), now_ms);
  tell_topics(*messages);
  batch_ = &new_batch();
  return conversion_->fill(*std::move(messages), partitions_, *batch_);
}

// After each commit anew while they are used: the host may have been told to forget.
void SinkSession::tell_topics(const kafka::MessageBatch &messages) {
  const std::uint64_t commits = setting_.slot.commits.load(std::memory_order_relaxed);
  const char *last = nullptr;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::string_view topic = messages[i].topic;
    if (std::exchange(last, topic.data()) == topic.data())
      continue;
    const auto known = told_topics_.find(topic);
    if (known != told_topics_.end() && std::exchange(known->second, commits) == commits)
      continue;
    if (known == told_topics_.end())
      told_topics_.emplace(topic, commits);
    setting_.host.topic_active(std::string(topic));
  }
}

SinkBatch &SinkSession::new_batch() {
  schemas_->turn(); // no record is under way but those of batches
  SinkBatch &batch = batches_->take();
  batch.schemas = schemas_->generation();
  batch.seal();
  return batch;
}

Status SinkSession::put() {
  if (batch_ == nullptr)
    batch_ = &new_batch(); // contract 6.6: tasks rely on an empty put
  put_gauges();
  Status done;
  const std::int64_t began_us = metrics::boottime_us();
  {
    const CallbackGuard guard(setting_.slot, Callback::Put);
    done = instance_->put(batch_->abi());
  }
  if (!done)
    return refused(done.error());
  if (errant_->failure()) // the batch is not accepted then: its records come again
    return look_after_letters();
  add_time(setting_.slot.transfer_us, began_us);
  accepted();
  return {};
}

void SinkSession::accepted() {
  partitions_.accept_pending();
  std::size_t out = batch_->records.size() - errant_->accepted(*batch_);
  // A counter cannot go back: records that were reported late are taken from later ones.
  late_errant_ += errant_->take_late();
  const std::size_t late = std::min(late_errant_, out);
  late_errant_ -= late;
  add(setting_.slot.records_out, out - late);
  add(setting_.slot.bytes_out, batch_->messages.bytes());
  std::exchange(batch_, nullptr)->done();
  put_gauges();
  if (redelivering_) {
    redelivering_ = false;
    pauses_changed_ = true;
  }
}

Status SinkSession::refused(const Error &error) {
  if (error.code() == Code::Cancelled && stopping())
    return {};
  if (error.code() != Code::Retry)
    return Error(error).wrap(Code::Fatal, exception::kConnect,
                             "Exiting WorkerSinkTask due to unrecoverable exception.");
  kLog.error("put asks for the same batch again: {}", error.message());
  add(setting_.slot.retries, 1);
  if (!redelivering_) {
    redelivering_ = true;
    pauses_changed_ = true;
  }
  return {};
}

void SinkSession::drop_batch() {
  if (batch_ == nullptr)
    return;
  add(setting_.slot.records_returned, batch_->records.size() - errant_->dropped(*batch_));
  partitions_.forget_pending();
  std::exchange(batch_, nullptr)->done();
}

void SinkSession::put_gauges() {
  const bool at_hand = batch_ != nullptr;
  runtime::put(setting_.slot.in_flight_records, at_hand ? batch_->messages.size() : 0);
  runtime::put(setting_.slot.in_flight_bytes,
               (at_hand ? batch_->messages.bytes() : 0) +
                   static_cast<std::uint64_t>(batches_->retained_bytes()));
}

// What the plugin keeps pins whole fetches in memory, which the library does not count.
void SinkSession::look_at_budget() {
  const std::int64_t retained = batches_->retained_bytes();
  const std::int64_t most = setting_.options.retained_max_bytes;
  const bool over = over_budget_ ? retained > most / 2 : retained > most;
  if (over == over_budget_)
    return;
  over_budget_ = over;
  pauses_changed_ = true;
  if (!over)
    return batches_->on_release({});
  kLog.warn("the task holds {} bytes beyond put, more than sink.retained.max.bytes ({}); its "
            "partitions are paused until it releases some",
            retained, most);
  batches_->on_release([waker = setting_.waker] { waker->wake(); });
}

bool SinkSession::wants_pause(const SinkPartition &partition) const {
  return connector_paused_ || redelivering_ || over_budget_ || partition.paused_by_task;
}

Status SinkSession::sync_pauses() {
  if (!services_->take_pauses_changed() && !pauses_changed_)
    return {};
  pauses_changed_ = false;
  std::vector<TopicPartition> pause, resume;
  partitions_.each([&](SinkPartition &partition) {
    if (wants_pause(partition) == partition.paused)
      return;
    partition.paused = !partition.paused;
    (partition.paused ? pause : resume).push_back(partition.id);
  });
  if (!pause.empty())
    HOST_TRY(consumer_->pause(pause));
  if (!resume.empty())
    HOST_TRY(consumer_->resume(resume));
  return {};
}

Status SinkSession::apply_rewinds() {
  const auto rewinds = services_->take_rewinds();
  if (rewinds.empty())
    return {};
  if (Status sought = consumer_->seek(rewinds, kSeekTimeout); !sought) {
    if (!sought.error().retriable())
      return sought;
    for (const auto &rewind : rewinds) // the assignment is still being made
      services_->rewind(rewind.partition, rewind.offset);
    return {};
  }
  for (const auto &rewind : rewinds)
    if (SinkPartition *partition = partitions_.find(rewind.partition))
      partition->current = partition->committed = rewind.offset.value;
  return {};
}

// Contract 6.6: pre_commit failed, so nothing since the last commit is sure.
void SinkSession::rewind_to_committed() {
  drop_batch(); // its records come again
  if (std::exchange(redelivering_, false))
    pauses_changed_ = true;
  partitions_.each([this](SinkPartition &partition) {
    const std::int64_t base = partition.committed >= 0 ? partition.committed : partition.origin;
    if (base >= 0)
      services_->rewind(partition.id, Offset(base));
  });
}

void SinkSession::end_letters(TimePoint deadline) {
  if (DeadLetters *letters = setting_.errors->dead_letters()) {
    letters->flush(deadline);
    letters->close();
  }
  late_errant_ += errant_->take_late();
  const std::uint64_t out = setting_.slot.records_out.load(std::memory_order_relaxed);
  runtime::put(setting_.slot.records_out, out - std::exchange(late_errant_, 0));
  count_returned(setting_.slot);
}

Status SinkSession::finish() {
  stage(Stage::Stopping);
  Status result;
  if (started_) {
    close_all();
    drop_batch();
    const CallbackGuard guard(setting_.slot, Callback::Stop);
    if (const Status stopped = instance_->stop(); !stopped)
      kLog.warn("stop of the plugin failed: {}", stopped.error().message());
  }
  const TimePoint deadline = now() + setting_.options.close_timeout;
  end_letters(deadline);
  if (!batches_->wait_until_back(deadline))
    result = fail(Code::Fatal,
                  fmt::format("plugin misbehaving: {} still holds {} bytes of records "
                              "after stop; its consumer is left behind",
                              setting_.connector->class_name(), batches_->retained_bytes()));
  batches_->on_release({});
  setting_.waker->detach();
  if (consumer_ != nullptr)
    (void)consumer_->close(std::max(deadline, now() + Duration(1'000)));
  setting_.gate.close();
  if (services_ != nullptr)
    services_->detach();
  const CallbackGuard guard(setting_.slot, Callback::Destroy);
  instance_ = nullptr;
  return result;
}

} // namespace host::runtime
