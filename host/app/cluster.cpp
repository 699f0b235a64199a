#include "host/app/cluster.h"

#include <chrono>
#include <condition_variable>
#include <stop_token>
#include <utility>

#include <fmt/format.h>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/kafka/admin.h"
#include "host/kafka/client_config.h"
#include "host/wire/reach.h"

namespace host::app {
namespace {

const log::Logger kLog{"sluice.worker"};

constexpr Duration kAskFor{5'000};
constexpr Duration kPause{500};
constexpr Duration kAnswerWithin{60'000};
// The same trouble is a line in the log so often.
constexpr Duration kRepeatAfter{30'000};

Result<std::unique_ptr<kafka::Admin>> connect(const StringMap &worker) {
  HOST_ASSIGN(const kafka::ClientConfig config,
              kafka::client_config({kafka::ClientKind::WorkerAdmin, worker}));
  kafka::warn_unused(config);
  HOST_TRY(kafka::check_library(config));
  return kafka::Admin::create(config);
}

// What keeps a client out, in words that name the key to look at; fine if it is not known here.
Status let_in(const StringMap &worker, const std::stop_token &stop) {
  HOST_ASSIGN(const kafka::ClientConfig config,
              kafka::client_config({kafka::ClientKind::WorkerAdmin, worker}));
  const auto security = wire::read_security(config.settings);
  const std::string *brokers = config.find("bootstrap.servers");
  if (!security || brokers == nullptr) // a kind of security that librdkafka alone speaks
    return {};
  return wire::reach(*brokers, *security, std::chrono::steady_clock::now() + kAskFor, stop);
}

void pause(const std::stop_token &stop, Duration time) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, time, [] { return false; });
}

} // namespace

Cluster::Cluster(StringMap worker_config)
    : worker_config_(std::move(worker_config)),
      cluster_name_(
          fmt::format("the Kafka cluster at {}", worker_config_.get("bootstrap.servers"))),
      waiting_for_(cluster_name_) {}

Cluster::~Cluster() { stop(); }

void Cluster::start(std::function<void(std::string)> found, std::function<void(Error)> failed) {
  questions_.post([this, found = std::move(found), failed = std::move(failed)](
                      const std::stop_token &stop) { find_cluster(stop, found, failed); });
  thread_ = std::jthread([this](const std::stop_token &stop) {
    name_this_thread("cluster");
    while (auto question = questions_.take())
      (*question)(stop);
  });
}

void Cluster::stop() {
  thread_.request_stop();
  questions_.close();
  if (thread_.joinable())
    thread_.join();
}

std::string Cluster::waiting_for() const {
  std::lock_guard lock(mutex_);
  return waiting_for_;
}

void Cluster::say(std::string waiting_for) {
  std::lock_guard lock(mutex_);
  waiting_for_ = std::move(waiting_for);
}

void Cluster::find_cluster(const std::stop_token &stop,
                           const std::function<void(std::string)> &found,
                           const std::function<void(Error)> &failed) {
  auto admin = connect(worker_config_);
  if (!admin)
    return failed(std::move(admin).error());
  TimePoint told{};
  while (!stop.stop_requested()) {
    Status reached = let_in(worker_config_, stop);
    Result<std::string> id = reached ? (*admin)->cluster_id({kAskFor, stop})
                                     : Result<std::string>(fail(std::move(reached).error()));
    if (id) {
      say({});
      return found(*std::move(id));
    }
    const std::string now = fmt::format("{}: {}", cluster_name_, id.error().message());
    if (now != waiting_for() || std::chrono::steady_clock::now() - told >= kRepeatAfter) {
      told = std::chrono::steady_clock::now();
      kLog.warn("{} does not answer yet: {}", cluster_name_, id.error().message());
    }
    say(now);
    pause(stop, kPause);
  }
}

template <class T>
void Cluster::ask(std::function<Result<T>(kafka::Admin &, const kafka::CallLimit &)> question,
                  std::function<void(Result<T>)> done) {
  questions_.post(
      [this, question = std::move(question), done = std::move(done)](const std::stop_token &stop) {
        auto admin = connect(worker_config_);
        if (!admin)
          return done(fail(std::move(admin).error()));
        done(question(**admin, {.timeout = kAnswerWithin, .stop = stop}));
      });
}

herder::GroupCalls Cluster::group_calls() {
  using kafka::Admin;
  using kafka::CallLimit;
  using Offsets = std::vector<herder::GroupOffset>;
  herder::GroupCalls calls;
  calls.list = [this](const std::string &group, auto done) {
    const auto question = [group](Admin &admin, const CallLimit &limit) -> Result<Offsets> {
      HOST_ASSIGN(const auto listed, admin.group_offsets(group, limit));
      Offsets offsets;
      for (const kafka::PartitionOffset &one : listed)
        offsets.push_back({one.partition, one.offset});
      return offsets;
    };
    ask<Offsets>(question, std::move(done));
  };
  calls.alter = [this](const std::string &group, const Offsets &offsets, auto done) {
    std::vector<kafka::PartitionOffset> wanted;
    for (const herder::GroupOffset &one : offsets)
      wanted.push_back({one.partition, one.offset});
    ask<void>(
        [group, wanted = std::move(wanted)](Admin &admin, const CallLimit &limit) {
          return admin.alter_group_offsets(group, wanted, limit);
        },
        std::move(done));
  };
  calls.forget = [this](const std::string &group, std::vector<TopicPartition> gone, auto done) {
    ask<void>(
        [group, gone = std::move(gone)](Admin &admin, const CallLimit &limit) {
          return admin.remove_group_offsets(group, gone, limit);
        },
        std::move(done));
  };
  calls.remove = [this](const std::string &group, auto done) {
    const auto question = [group](Admin &admin, const CallLimit &limit) -> Status {
      Status removed = admin.remove_group(group, limit);
      if (!removed && removed.error().code() != Code::NotFound)
        return removed;
      return {};
    };
    ask<void>(question, std::move(done));
  };
  return calls;
}

} // namespace host::app
