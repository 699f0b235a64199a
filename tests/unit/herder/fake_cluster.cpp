#include "tests/unit/herder/fake_cluster.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace tests {

using namespace host;
using storage::ConfigKey;

// ---- stores

bool FakeConfigStore::read() {
  const bool any = next_ < topic_.size();
  while (next_ < topic_.size()) {
    const auto &[key, value] = topic_[next_];
    const std::optional<std::string_view> seen =
        value ? std::optional<std::string_view>(*value) : std::nullopt;
    auto event = table_.apply(static_cast<std::int64_t>(next_++), key, seen);
    if (event && *event && on_event_)
      on_event_(**event);
  }
  return any;
}

void FakeConfigStore::start(OnEvent on_event, Done on_ready) {
  read();
  on_event_ = std::move(on_event);
  on_ready({});
}

void FakeConfigStore::refresh(Duration, Done done) {
  if (holds)
    return held.push_back(std::move(done));
  if (is_slow)
    return done(fail(Code::Timeout, "slow"));
  read();
  done({});
}

void FakeConfigStore::write(const ConfigKey &key, std::optional<std::string> value) {
  topic_.emplace_back(key.text(), std::move(value));
  read();
}

void FakeConfigStore::put_connector(const std::string &connector, const StringMap &config,
                                    std::optional<TargetState> target, Done done) {
  if (target)
    write({ConfigKey::Kind::TargetState, connector}, storage::encode_target_state(*target));
  write({ConfigKey::Kind::Connector, connector}, storage::encode_properties(config));
  done({});
}

void FakeConfigStore::remove_connector(const std::string &connector, Done done) {
  write({ConfigKey::Kind::Connector, connector}, std::nullopt);
  write({ConfigKey::Kind::TargetState, connector}, std::nullopt);
  done({});
}

void FakeConfigStore::put_task_configs(const std::string &connector,
                                       const std::vector<StringMap> &tasks, Done done) {
  for (std::size_t i = 0; i < tasks.size(); ++i)
    write({ConfigKey::Kind::Task, connector, static_cast<std::int32_t>(i)},
          storage::encode_properties(tasks[i]));
  write({ConfigKey::Kind::Commit, connector},
        storage::encode_task_commit(static_cast<std::int32_t>(tasks.size())));
  done({});
}

void FakeConfigStore::put_target_state(const std::string &connector, TargetState target,
                                       Done done) {
  write({ConfigKey::Kind::TargetState, connector}, storage::encode_target_state(target));
  done({});
}

void FakeConfigStore::put_session_key(const storage::SessionKey &key, Done done) {
  write({ConfigKey::Kind::SessionKey, ""}, storage::encode_session_key(key));
  done({});
}

void FakeConfigStore::put_restart_request(const storage::RestartRequest &request, Done done) {
  write({ConfigKey::Kind::Restart, request.connector}, storage::encode_restart(request));
  done({});
}

void FakeConfigStore::put_logger_level(const std::string &logger, const std::string &level,
                                       Done done) {
  write({ConfigKey::Kind::LoggerLevel, logger}, storage::encode_logger_level(level));
  done({});
}

bool FakeStatusStore::read() {
  const bool any = next_ < topic_.size();
  for (; next_ < topic_.size(); ++next_) {
    const auto &[key, value] = topic_[next_];
    (void)table_.apply(key, value ? std::optional<std::string_view>(*value) : std::nullopt)
        .has_value();
  }
  return any;
}

void FakeStatusStore::put(const storage::StatusSubject &subject,
                          const storage::WorkerStatus &status, Put how) {
  if (how == Put::Safe && !table_.may_write_safely(subject, status))
    return;
  topic_.emplace_back(storage::status_key(subject), storage::encode_status(status));
  read();
}

void FakeStatusStore::put_topic(const storage::TopicStatus &status) {
  topic_.emplace_back(storage::status_key(storage::TopicUse{status.topic, status.connector}),
                      storage::encode_topic_status(status));
  read();
}

void FakeStatusStore::remove(const storage::StatusSubject &subject) {
  topic_.emplace_back(storage::status_key(subject), std::nullopt);
  read();
}

// ---- workers

// Follows what the supervisor was told.
void FakeCluster::Worker::look() {
  for (const std::string &call : supervisor->take_calls()) {
    calls.push_back(call);
    std::istringstream text(call);
    const std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
    const std::string &verb = words[0];
    if (verb == "start" || verb == "target")
      runs[words[1]] = words[2] == name_of(TargetState::Stopped) ? 0 : 1;
    else if (verb == "start_task")
      ++runs[words[1]];
    else if (verb == "remove" || verb == "stop_tasks")
      for (std::size_t i = 1; i < words.size(); ++i)
        runs[words[i]] = 0;
  }
}

FakeCluster::~FakeCluster() {
  for (const auto &worker : workers_) {
    worker->supervisor->release();
    worker->herder->stop();
  }
}

FakeCluster::Worker &FakeCluster::add(const std::string &id, cluster::Protocol newest) {
  Worker &worker =
      *workers_.emplace_back(std::make_unique<Worker>(id, config_topic_, status_topic_));
  herder::WorkerOptions options;
  options.worker_id = id + ":8083";
  herder::ClusterOptions place;
  place.url = "http://" + id + ":8083/";
  place.newest = newest;
  place.calls.rejoin = [this](const std::string &) { needs_round_ = true; };
  place.calls.hold = [&worker](const std::vector<cluster::TetheredWorker> &others) {
    worker.holds.clear();
    for (const cluster::TetheredWorker &other : others)
      worker.holds.push_back(other.member_id);
  };
  place.calls.remove_member = [this](const std::string &member, const auto &done) {
    done(std::any_of(workers_.begin(), workers_.end(),
                     [&](const auto &other) { return other->id == member; }));
  };
  place.calls.send_tasks = [this](const std::string &url, const std::string &connector,
                                  std::vector<StringMap> tasks, auto done) {
    if (refused_tasks > 0) {
      --refused_tasks;
      return done(fail(Code::Retry, "a rebalance is expected"));
    }
    for (const auto &other : workers_)
      if (url == "http://" + other->id + ":8083/" && !other->is_dead)
        return other->herder->put_task_configs(connector, std::move(tasks), std::move(done));
    done(fail(Code::Retry, "nobody there"));
  };
  worker.herder = std::make_unique<herder::DistributedHerder>(
      std::move(options), std::move(place), catalog_, worker.configs, worker.statuses, offsets_,
      groups.calls(), clock);
  worker.supervisor = std::make_unique<FakeSupervisor>(*worker.herder);
  worker.herder->use(*worker.supervisor);
  worker.configs.start([&worker](const auto &event) { worker.herder->on_config_event(event); },
                       [](const Status &) {});
  worker.herder->open("cluster");
  if (in_round_)
    ask(worker);
  else
    needs_round_ = true;
  return worker;
}

void FakeCluster::settle() {
  constexpr int kRest = 5; // what one worker does may give another something to do
  int idle = 0;
  for (int i = 0; i < 10'000; ++i) {
    idle = step() ? 0 : idle + 1;
    if (idle == kRest)
      return;
  }
  throw std::runtime_error("the cluster does not come to rest");
}

bool FakeCluster::step() {
  bool any = false;
  for (const auto &worker : workers_) {
    if (worker->is_dead)
      continue;
    worker->herder->tick().run_due();
    any |= worker->configs.read();
    any |= worker->statuses.read();
    worker->look();
  }
  if (in_round_)
    return end_round() || any;
  if (any || !needs_round_)
    return any;
  begin_round();
  return true;
}

void FakeCluster::ask(Worker &worker) {
  worker.offer.reset();
  worker.herder->on_joining(
      [&worker](std::vector<wire::GroupProtocol> offer) { worker.offer = offer; });
}

void FakeCluster::begin_round() {
  needs_round_ = false;
  in_round_ = true;
  for (const auto &worker : workers_)
    if (!worker->is_dead)
      ask(*worker);
}

// Once everybody has offered.
bool FakeCluster::end_round() {
  std::vector<Worker *> members;
  for (const auto &worker : workers_)
    if (!worker->is_dead)
      members.push_back(worker.get());
  if (std::any_of(members.begin(), members.end(), [](Worker *w) { return !w->offer; }))
    return false;
  in_round_ = false;
  ++generation_;
  leader_ = members.front()->id;
  const auto offer_of = [](const Worker &worker, const std::string &protocol) {
    return std::find_if(worker.offer->begin(), worker.offer->end(),
                        [&](const auto &offer) { return offer.name == protocol; });
  };
  std::string protocol; // the first that all can
  for (const auto &offer : *members.front()->offer)
    if (protocol.empty() && std::all_of(members.begin(), members.end(), [&](Worker *w) {
          return offer_of(*w, offer.name) != w->offer->end();
        }))
      protocol = offer.name;
  std::vector<wire::JoinedMember> joined;
  for (Worker *member : members)
    joined.push_back({member->id, offer_of(*member, protocol)->metadata});
  const auto seat = [&](const Worker &worker) {
    return cluster::Seat{generation_, protocol, worker.id, leader_};
  };
  members.front()->herder->on_elected(
      seat(*members.front()), joined, [&](std::vector<wire::MemberAssignment> plan) {
        for (const auto &[id, assignment] : plan)
          for (Worker *member : members)
            if (member->id == id)
              member->herder->on_assigned(seat(*member), assignment);
      });
  members.front()->herder->tick().run_due();
  return true;
}

FakeCluster::Worker &FakeCluster::leader() {
  return **std::find_if(workers_.begin(), workers_.end(),
                        [this](const auto &worker) { return worker->id == leader_; });
}

FakeCluster::Worker &FakeCluster::follower() {
  return **std::find_if(workers_.begin(), workers_.end(), [this](const auto &worker) {
    return worker->id != leader_ && !worker->is_dead;
  });
}

std::vector<std::string> FakeCluster::running() const {
  std::vector<std::string> all;
  for (const auto &worker : workers_)
    if (!worker->is_dead)
      for (const auto &[name, count] : worker->runs)
        for (int i = 0; i < count; ++i)
          all.push_back(name);
  std::sort(all.begin(), all.end());
  return all;
}

} // namespace tests
