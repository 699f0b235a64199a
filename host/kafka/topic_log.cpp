#include "host/kafka/topic_log.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "host/base/fd.h"
#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/kafka/deadlines.h"
#include "host/kafka/log_reader.h"
#include "host/kafka/log_writer.h"
#include "host/kafka/native_client.h"

namespace host::kafka {
namespace {

const log::Logger kLog{"sluice.kafka.store"};

constexpr Duration kCallTimeout{10'000};
constexpr Duration kShortestCall{200};
constexpr Duration kFirstPause{100};
constexpr Duration kLongestPause{5'000};
constexpr Duration kFirstReminder{1'000};
constexpr Duration kReminder{30'000};
constexpr TimePoint kForEver = TimePoint::max();

} // namespace

// The thread of a TopicLog and what it owns.
class TopicLog::Loop {
public:
  explicit Loop(Settings settings)
      : settings_(std::move(settings)), wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Loop() { stop(); }

  void start(Done on_ready) {
    thread_ = std::jthread([this, on_ready = std::move(on_ready)](std::stop_token stop) {
      name_this_thread("store-log");
      run(stop, on_ready);
    });
  }
  void stop() {
    if (!thread_.joinable())
      return;
    thread_.request_stop();
    wake();
    thread_.join();
  }

  void write(std::vector<Entry> entries, Done done, TimePoint deadline) {
    Write write{std::move(entries), Answer(std::move(done))};
    deadlines_.add(write.done, deadline);
    if (!post(writes_, write))
      write.done(stopped());
  }
  void read_to_end(Done done, TimePoint deadline) {
    Answer answer(std::move(done));
    deadlines_.add(answer, deadline);
    if (!post(reads_, answer))
      answer(stopped());
  }
  void at(TimePoint time, const Done &done) {
    const Answer answer([done](const Status &status) {
      const bool cancelled = status.error().code() == Code::Cancelled;
      done(cancelled ? status : Status());
    });
    {
      std::lock_guard lock(mutex_);
      if (!closed_)
        deadlines_.add(answer, time);
    }
    if (is_closed())
      answer(stopped());
    wake();
  }
  bool is_closed() const {
    std::lock_guard lock(mutex_);
    return closed_;
  }
  std::string waiting_for() const {
    std::lock_guard lock(mutex_);
    return waiting_for_;
  }

private:
  struct Write {
    std::vector<Entry> entries;
    Answer done;
  };

  static Status stopped() { return fail(Code::Cancelled, "the store is stopped"); }

  template <class Request> bool post(std::vector<Request> &queue, Request &request) {
    {
      std::lock_guard lock(mutex_);
      if (closed_)
        return false;
      queue.push_back(request);
    }
    wake();
    return true;
  }

  void wake() {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the loop is awake anyway.
    [[maybe_unused]] const auto written = ::write(wake_fd_.get(), &one, sizeof one);
  }
  // Waits for work, a stop, or `time`; and for requests to run out of theirs.
  void wait(TimePoint time) {
    time = std::min(time, deadlines_.next());
    pollfd fd{wake_fd_.get(), POLLIN, 0};
    ::poll(&fd, 1, time == kForEver ? -1 : static_cast<int>(remaining(time).count()));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake_fd_.get(), &count, sizeof count);
    expire();
  }
  void expire();
  CallLimit limit(const std::stop_token &stop) {
    const TimePoint next = deadlines_.next();
    const Duration timeout = next == kForEver ? kCallTimeout : remaining(next);
    return {std::clamp(timeout, kShortestCall, kCallTimeout), stop};
  }

  void run(const std::stop_token &stop, const Done &on_ready);
  Status prepare(const std::stop_token &stop);
  Status find_topic(Admin &admin, const std::stop_token &stop);
  Status read_first(Admin &admin, const std::stop_token &stop);
  template <class Step>
  Status retry(const std::stop_token &stop, const std::string &what, Step step);
  void serve(const std::stop_token &stop);
  void take_requests();
  void serve_writer();
  void look_at_the_end(const std::stop_token &stop);
  void tell_readers();
  TimePoint pause() const;
  void fail_all(const Status &status);
  void set_waiting_for(std::string what);

  const std::string &topic() const { return settings_.topic.topic.name; }

  Settings settings_;
  UniqueFd wake_fd_;
  Deadlines deadlines_;

  // The loop thread's own.
  std::unique_ptr<LogWriter> writer_;
  std::unique_ptr<LogReader> reader_;
  std::int32_t partitions_ = 0;
  std::vector<Answer> asked_;         // reads that have no end offsets yet
  std::vector<Answer> reading_;       // reads on their way to ends_
  std::vector<PartitionOffset> ends_; // of reading_
  TimePoint next_look_{};             // not before, after a look at the end that failed
  TimePoint next_reminder_{};

  mutable std::mutex mutex_; // guards the following
  std::vector<Write> writes_;
  std::vector<Answer> reads_;
  std::string waiting_for_ = "its start";
  bool closed_ = false;

  std::jthread thread_;
};

void TopicLog::Loop::run(const std::stop_token &stop, const Done &on_ready) {
  Status prepared = prepare(stop);
  on_ready(prepared);
  if (prepared)
    serve(stop);
  // What is asked for after a fault that lasts gets that fault for an answer.
  while (!stop.stop_requested()) {
    fail_all(prepared);
    wait(kForEver);
  }
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  fail_all(stopped());
  deadlines_.cancel(stopped());
  writer_.reset();
  reader_.reset();
}

// Repeats a step that fails with Retry, with growing pauses and a line in the log now and then.
template <class Step>
Status TopicLog::Loop::retry(const std::stop_token &stop, const std::string &what, Step step) {
  set_waiting_for(what);
  Duration pause = kFirstPause;
  TimePoint remind = std::chrono::steady_clock::now() + kFirstReminder;
  while (!stop.stop_requested()) {
    Status done = step();
    if (done || done.error().code() != Code::Retry)
      return done;
    const TimePoint now = std::chrono::steady_clock::now();
    if (now >= remind) {
      kLog.warn("Waiting for {}: {}", what, done.error().message());
      remind = now + kReminder;
    }
    while (!stop.stop_requested() && remaining(now + pause) > Duration::zero())
      wait(now + pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  return fail(Code::Cancelled, fmt::format("stopped while waiting for {}", what));
}

void TopicLog::Loop::expire() {
  const TimePoint now = std::chrono::steady_clock::now();
  if (deadlines_.next() > now)
    return;
  const std::string what = waiting_for();
  deadlines_.expire(now, what.empty()
                             ? fmt::format("Kafka has not answered in time for topic '{}'", topic())
                             : fmt::format("still waiting for {}", what));
}

Status TopicLog::Loop::prepare(const std::stop_token &stop) {
  HOST_ASSIGN(writer_, LogWriter::create(settings_.producer, topic(), wake_fd_.get()));
  Admin admin(writer_->producer());
  HOST_TRY(find_topic(admin, stop));
  HOST_ASSIGN(reader_, LogReader::create(settings_.consumer, topic(), partitions_, wake_fd_.get()));
  HOST_TRY(read_first(admin, stop));
  set_waiting_for("");
  return {};
}

Status TopicLog::Loop::find_topic(Admin &admin, const std::stop_token &stop) {
  const std::string *bootstrap = settings_.producer.find("bootstrap.servers");
  HOST_TRY(retry(stop, fmt::format("Kafka at {}", bootstrap != nullptr ? *bootstrap : "?"),
                 [&]() -> Status {
                   HOST_TRY(admin.cluster_id(limit(stop)));
                   return {};
                 }));
  if (settings_.administer)
    HOST_TRY(retry(stop, fmt::format("topic '{}' to be made", topic()),
                   [&] { return ensure_topic(admin, settings_.topic, limit(stop)); }));
  return retry(stop, fmt::format("topic '{}'", topic()), [&]() -> Status {
    HOST_ASSIGN(const auto found, admin.describe_topic(topic(), limit(stop)));
    if (!found || found->partitions == 0)
      return fail(Code::Retry, "it does not exist yet");
    partitions_ = found->partitions;
    return {};
  });
}

Status TopicLog::Loop::read_first(Admin &admin, const std::stop_token &stop) {
  const std::string what = fmt::format("the end of topic '{}'", topic());
  std::vector<PartitionOffset> ends;
  HOST_TRY(retry(stop, what, [&]() -> Status {
    HOST_ASSIGN(ends, admin.end_offsets(topic(), partitions_, limit(stop)));
    return {};
  }));
  for (;;) {
    reader_->read(settings_.on_record);
    if (reader_->has_reached(ends))
      return {};
    if (stop.stop_requested())
      return fail(Code::Cancelled, fmt::format("stopped while waiting for {}", what));
    wait(kForEver);
  }
}

void TopicLog::Loop::serve(const std::stop_token &stop) {
  while (!stop.stop_requested()) {
    take_requests();
    serve_writer();
    if (!asked_.empty() && reading_.empty())
      look_at_the_end(stop);
    reader_->read(settings_.on_record);
    tell_readers();
    wait(pause());
  }
}

void TopicLog::Loop::take_requests() {
  std::vector<Write> writes;
  {
    std::lock_guard lock(mutex_);
    writes.swap(writes_);
    asked_.insert(asked_.end(), std::make_move_iterator(reads_.begin()),
                  std::make_move_iterator(reads_.end()));
    reads_.clear();
  }
  for (Write &write : writes)
    if (!write.done.told()) // else nobody believes that it will be written
      writer_->write(std::move(write.entries), write.done);
}

void TopicLog::Loop::serve_writer() {
  Status served = writer_->serve();
  if (served)
    return;
  kLog.warn("Making the producer of topic '{}' again: {}", topic(), served.error().message());
  auto again = LogWriter::create(settings_.producer, topic(), wake_fd_.get());
  if (again)
    writer_ = *std::move(again);
  else
    kLog.error("{}", again.error().message()); // the old one goes on refusing
}

void TopicLog::Loop::look_at_the_end(const std::stop_token &stop) {
  const TimePoint now = std::chrono::steady_clock::now();
  if (now < next_look_)
    return;
  std::erase_if(asked_, &Answer::told);
  if (asked_.empty())
    return;
  auto ends = Admin(writer_->producer()).end_offsets(topic(), partitions_, limit(stop));
  if (ends) {
    ends_ = *std::move(ends);
    reading_.swap(asked_);
    return;
  }
  if (ends.error().code() != Code::Retry) {
    for (const Answer &answer : std::exchange(asked_, {}))
      answer(fail(ends.error()));
    return;
  }
  if (now >= next_reminder_) {
    kLog.warn("{} readers wait for topic '{}': {}", asked_.size(), topic(), ends.error().message());
    next_reminder_ = now + kReminder;
  }
  next_look_ = std::chrono::steady_clock::now() + kFirstPause;
}

void TopicLog::Loop::tell_readers() {
  if (reading_.empty() || !reader_->has_reached(ends_))
    return;
  for (const Answer &answer : std::exchange(reading_, {}))
    answer({});
}

// How long the loop may sleep: reads that came meanwhile, or whose look failed, need another look.
TimePoint TopicLog::Loop::pause() const {
  return asked_.empty() || !reading_.empty() ? kForEver : next_look_;
}

void TopicLog::Loop::fail_all(const Status &status) {
  std::vector<Write> writes;
  std::vector<Answer> reads = std::exchange(asked_, {});
  std::vector<Answer> reading = std::exchange(reading_, {});
  {
    std::lock_guard lock(mutex_);
    writes.swap(writes_);
    reads.insert(reads.end(), reads_.begin(), reads_.end());
    reads_.clear();
  }
  for (const Write &write : writes)
    write.done(status);
  for (const Answer &answer : reading)
    answer(status);
  for (const Answer &answer : reads)
    answer(status);
}

void TopicLog::Loop::set_waiting_for(std::string what) {
  std::lock_guard lock(mutex_);
  waiting_for_ = std::move(what);
}

TopicLog::TopicLog(Settings settings) : loop_(std::make_unique<Loop>(std::move(settings))) {}
TopicLog::~TopicLog() = default;
void TopicLog::start(Done on_ready) { loop_->start(std::move(on_ready)); }
void TopicLog::stop() { loop_->stop(); }
void TopicLog::write(std::vector<Entry> entries, Done done, TimePoint deadline) {
  loop_->write(std::move(entries), std::move(done), deadline);
}
void TopicLog::read_to_end(Done done, TimePoint deadline) {
  loop_->read_to_end(std::move(done), deadline);
}
void TopicLog::at(TimePoint time, Done done) { loop_->at(time, done); }
std::string TopicLog::waiting_for() const { return loop_->waiting_for(); }

} // namespace host::kafka
