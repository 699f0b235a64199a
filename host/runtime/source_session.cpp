#include "host/runtime/source_session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/runtime/record_text.h"

namespace host::runtime {
namespace {

const log::Logger kLog{"sluice.task"};

using metrics::Callback;
using metrics::CallbackGuard;
using metrics::Stage;

// A plugin that can be woken may sleep for long, but not so long that its task looks dead.
constexpr Duration kLongestPoll{5'000};
constexpr Duration kLongestPollWithoutWake{1'000};
// While records are under way: how soon their deliveries are seen to.
constexpr Duration kDeliveryCheck{100};
// After a poll that wants to be repeated, so that a plugin that only says so does not spin.
constexpr Duration kRetryPause{100};

std::int64_t ms(Duration duration) { return std::max<std::int64_t>(duration.count(), 0); }

} // namespace

SourceSession::SourceSession(SourceSetting setting)
    : setting_(std::move(setting)), schemas_(std::make_shared<data::SchemaPool>()),
      partitions_(setting_.spec.id.connector) {}

SourceSession::~SourceSession() = default;

void SourceSession::stage(Stage stage) {
  setting_.slot.stage.store(static_cast<std::uint32_t>(stage), std::memory_order_relaxed);
}

Status SourceSession::run() {
  stage(Stage::Starting);
  HOST_TRY(create());
  HOST_TRY(start());
  setting_.report(State::Running);
  while (!stopping()) {
    add(setting_.slot.ticks, 1);
    HOST_TRY(turn());
  }
  return {};
}

Status SourceSession::create() {
  const SourceSetting &s = setting_;
  HOST_ASSIGN(const auto client, ProducerPool::config_for(s.spec, s.options.in_flight_max_bytes));
  HOST_ASSIGN(creation_, TopicCreation::from(s.spec));
  if (DeadLetters *letters = s.errors->dead_letters())
    HOST_TRY(letters->open(s.signals->stop_token()));
  HOST_ASSIGN(auto converters, make_converters(s.spec, *schemas_));
  services_ = std::make_shared<SourceServices>(s.signals, s.host, s.slot, partitions_, ledger_,
                                               client.max_request_bytes);
  HOST_ASSIGN(auto chain, transform::Chain::create(s.spec.connector_config, *schemas_));
  sender_ = std::make_unique<SourceSender>(
      std::move(chain), SourceConversion(std::move(converters), *schemas_),
      SourceSender::Errors{s.errors, *s.signals, s.clock}, ledger_, partitions_,
      s.options.in_flight_max_bytes,
      SourceSender::Duties{
          [this]() -> Result<std::shared_ptr<SharedProducer>> {
            HOST_ASSIGN(producer_,
                        setting_.pool.acquire(setting_.spec, setting_.options.in_flight_max_bytes));
            return producer_;
          },
          [this](const std::string &topic) -> Status {
            if (!creation_->active())
              return {};
            kafka::Admin admin(producer_->producer());
            return creation_->prepare(admin, topic, setting_.signals->stop_token());
          },
          [this] {
            add(setting_.slot.ticks, 1);
            const bool failed = !look_after_deliveries();
            look_after_commits();
            return failed || stopping();
          }});
  schemas_->begin_records();
  Result<std::unique_ptr<plugin::SourceInstance>> instance = [&] {
    const CallbackGuard guard(s.slot, Callback::Create);
    return plugin::SourceInstance::create(s.connector, s.spec.id, services_, schemas_);
  }();
  if (!instance)
    return std::move(instance).error();
  deck_ = std::make_unique<FlightDeck>(*std::move(instance));
  if (s.errors->policy().tolerates_all)
    deck_->port().collect_failures();
  s.gate.open();
  if (stopping()) // the request may have come before the gate was open
    cancel();
  return {};
}

Status SourceSession::start() {
  {
    const CallbackGuard guard(setting_.slot, Callback::Start);
    HOST_TRY(deck_->instance().start(setting_.spec.task_config));
  }
  started_ = true;
  committer_.emplace(setting_.host, setting_.slot, setting_.signals, partitions_, ledger_,
                     setting_.options, now());
  return {};
}

Status SourceSession::turn() {
  HOST_TRY(look_after_deliveries());
  look_after_commits();
  if (setting_.signals->failed())
    return setting_.signals->failure();
  if (setting_.signals->paused()) {
    wait_while_paused();
    return {};
  }
  setting_.report(State::Running);
  return poll();
}

Status SourceSession::poll() {
  stage(Stage::Waiting);
  const std::int64_t wait_ms = poll_wait_ms(now());
  const std::int64_t began_us = metrics::boottime_us();
  const Result<plugin::SourceBatch> batch = [&] {
    const CallbackGuard guard(setting_.slot, Callback::Poll);
    return deck_->instance().poll(wait_ms);
  }();
  if (batch) {
    if (batch->handle == nullptr)
      return {};
    now_ms_ = add_time(setting_.slot.transfer_us, began_us);
    return send(*batch);
  }
  const Code code = batch.error().code();
  if (code == Code::Cancelled && stopping())
    return {};
  if (code != Code::Retry && code != Code::Cancelled)
    return batch.error();
  kLog.warn("poll has nothing and asks to be repeated: {}", batch.error().message());
  add(setting_.slot.retries, 1);
  setting_.signals->wait(seen_signals_, now() + kRetryPause);
  return {};
}

std::int64_t SourceSession::poll_wait_ms(TimePoint now) const {
  if (deck_->under_way() > 0)
    return ms(kDeliveryCheck);
  Duration wait = deck_->instance().can_wake() ? kLongestPoll : kLongestPollWithoutWake;
  // Without anything to commit the interval's end is nobody's business but the plugin's commit().
  if (ledger_.has_work() || deck_->instance().wants_commit() || committer_->under_way())
    wait = std::min(wait, std::chrono::ceil<Duration>(committer_->next_turn(now) - now));
  return ms(std::min(wait, setting_.options.stall_timeout / 2));
}

Status SourceSession::send(const plugin::SourceBatch &batch) {
  if (batch.size == 0) {
    const CallbackGuard guard(setting_.slot, Callback::Release);
    deck_->instance().release(batch);
    return {};
  }
  stage(Stage::Producing);
  schemas_->turn(); // what transforms made of the batches before is bytes by now
  add(setting_.slot.batches, 1);
  add(setting_.slot.records_in, batch.size);
  setting_.slot.batch_records.add(batch.size, now_ms_);
  setting_.slot.active_records.add(
      setting_.slot.in_flight_records.load(std::memory_order_relaxed) + batch.size, now_ms_);
  const std::uint64_t before = sender_->produced_bytes();
  Flight &flight = deck_->begin(batch);
  const SourceSender::Sent sent = sender_->send(flight, deck_->port());
  add(setting_.slot.bytes_in, sender_->produced_bytes() - before);
  switch (sent) {
  case SourceSender::Sent::Failed:
    return sender_->take_error();
  case SourceSender::Sent::ProducerLost:
    return delivery_failure();
  default:
    return {};
  }
}

Status SourceSession::look_after_deliveries() {
  if (producer_ == nullptr)
    return {};
  producer_->serve();
  if (deck_->port().has_failed())
    HOST_TRY(delivery_failure());
  HOST_TRY(setting_.errors->serve_letters());
  deck_->settle([this](Flight &flight) { settle(flight); });
  count();
  // A batch that failed in the middle of settling has left its error behind.
  return delivery_error_ ? Status(*delivery_error_) : Status();
}

void SourceSession::settle(Flight &flight) {
  if (flight.spoilt()) {
    // The last moment at which the record that failed can be named.
    if (deck_->port().has_failed() && !delivery_error_)
      (void)delivery_failure().has_value();
    ledger_.block(flight);
    return;
  }
  ledger_.complete(flight);
  if (!deck_->instance().wants_deliveries())
    return;
  const CallbackGuard guard(setting_.slot, Callback::OnDelivered);
  if (const Status done = deck_->instance().on_delivered(flight.batch(), flight.deliveries());
      !done) // contract 6.7: errors of commitRecord are only logged
    kLog.error("on_delivered failed: {}", done.error().message());
}

Status SourceSession::delivery_failure() {
  if (delivery_error_)
    return *delivery_error_;
  if (auto fatal = producer_->producer().fatal_error()) {
    producer_lost_ = true;
    delivery_error_ = std::move(*fatal).wrap(Code::Fatal, exception::kConnect,
                                             "Unrecoverable exception from producer send callback");
    return *delivery_error_;
  }
  if (setting_.errors->policy().tolerates_all) {
    for (const DeliveryFailure &failure : deck_->port().take_failures()) {
      ++failed_records_;
      Status passed = sender_->delivery_failed(failure);
      if (!passed && !delivery_error_)
        delivery_error_ = std::move(passed).error();
    }
    return delivery_error_ ? Status(*delivery_error_) : Status();
  }
  const auto failure = deck_->port().failure();
  if (!failure)
    return fail(Code::Internal, "the producer was lost without a reason");
  const auto &record = failure->flight->batch()[failure->index];
  delivery_error_ = kafka::error_of(failure->error, describe(record, partitions_))
                        .wrap(Code::Fatal, exception::kConnect,
                              "Unrecoverable exception from producer send callback");
  return *delivery_error_;
}

void SourceSession::end_letters(TimePoint deadline) {
  for (const DeliveryFailure &failure : deck_->port().end_collecting())
    failure.flight->settle_late(failure.index, false);
  if (DeadLetters *letters = setting_.errors->dead_letters()) {
    letters->flush(deadline);
    letters->close();
  }
}

void SourceSession::look_after_commits() {
  if (!committer_->turn(now()))
    return;
  sender_->renew_topics(); // told again while they are used: the host may have been told to forget
  if (!deck_->instance().wants_commit())
    return;
  const CallbackGuard guard(setting_.slot, Callback::Commit);
  if (const Status done = deck_->instance().commit(); !done)
    kLog.error("commit of the plugin failed: {}", done.error().message());
}

void SourceSession::count() {
  metrics::TaskSlot &slot = setting_.slot;
  const std::uint64_t returned = deck_->port().records();
  const std::uint64_t records = returned - failed_records_;
  const std::uint64_t bytes = deck_->port().bytes();
  if (records != counted_records_)
    for (const std::string &topic : sender_->take_new_topics())
      setting_.host.topic_active(topic);
  add(slot.records_out, records - std::exchange(counted_records_, records));
  add(slot.bytes_out, bytes - std::exchange(counted_bytes_, bytes));
  const std::uint64_t filtered = sender_->filtered_records();
  add(slot.records_filtered, filtered - std::exchange(counted_filtered_, filtered));
  put(slot.in_flight_records, sender_->produced_records() - returned);
  put(slot.in_flight_bytes, sender_->produced_bytes() - bytes);
}

void SourceSession::wait_while_paused() {
  stage(Stage::Waiting);
  setting_.report(State::Paused);
  const TimePoint until = committer_->next_turn(now());
  if (deck_->under_way() == 0) {
    setting_.signals->wait(seen_signals_, until);
    return;
  }
  const std::uint64_t returned = deck_->port().records();
  producer_->wait([&] { return deck_->port().records() != returned; },
                  std::min(until, now() + kDeliveryCheck));
}

void SourceSession::wait_for_deliveries(TimePoint deadline) {
  const auto all_back = [this] {
    return deck_->port().records() == sender_->produced_records() || deck_->port().has_failed();
  };
  if (producer_ == nullptr)
    return;
  // A failure that is let pass ends the wait, but not for the others. One that is not is told by
  // what stays uncommitted.
  do
    producer_->wait(all_back, deadline);
  while (look_after_deliveries() && now() < deadline &&
         deck_->port().records() != sender_->produced_records());
}

void SourceSession::finish() {
  stage(Stage::Stopping);
  if (deck_ == nullptr)
    return;
  if (started_) {
    if (!producer_lost_)
      wait_for_deliveries(now() + setting_.options.commit_timeout);
    end_letters(now() + setting_.options.commit_timeout);
    (void)look_after_deliveries().has_value();
    count_returned(setting_.slot);
    commit_last();
    const CallbackGuard guard(setting_.slot, Callback::Stop);
    if (const Status stopped = deck_->instance().stop(); !stopped)
      kLog.warn("stop of the plugin failed: {}", stopped.error().message());
  }
  setting_.gate.close();
  services_->detach();
  sender_ = nullptr;
  if (deck_->under_way() > 0) {
    kLog.warn("{} batches were not acknowledged in time; they will be read again",
              deck_->under_way());
    producer_->adopt(std::move(deck_));
  } else {
    const CallbackGuard guard(setting_.slot, Callback::Destroy);
    deck_ = nullptr;
  }
  producer_ = nullptr;
}

void SourceSession::commit_last() {
  stage(Stage::Committing);
  const Status committed =
      committer_->finish(setting_.clock, now() + setting_.options.commit_timeout);
  if (!committed) {
    kLog.error("The last commit of offsets failed: {}", committed.error().message());
    return;
  }
  if (!deck_->instance().wants_commit())
    return;
  const CallbackGuard guard(setting_.slot, Callback::Commit);
  if (const Status done = deck_->instance().commit(); !done)
    kLog.error("commit of the plugin failed: {}", done.error().message());
}

} // namespace host::runtime
