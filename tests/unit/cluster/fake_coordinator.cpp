#include "tests/unit/cluster/fake_coordinator.h"

#include <sys/socket.h>

#include <chrono>
#include <utility>

namespace host::cluster::test {
namespace {

using tests::response_frame;
using wire::Encoder;
using wire::GroupError;

std::string versions(const Request &request) {
  Encoder body;
  body.int16(0);
  body.int32(6);
  for (const std::int16_t key : {10, 11, 12, 13, 14, 18}) {
    body.int16(key);
    body.int16(0);
    body.int16(6);
  }
  return response_frame(request.correlation, body);
}

} // namespace

std::string text_at(const std::string &body, std::size_t skip) {
  wire::Decoder in(std::string_view(body).substr(skip));
  return in.string();
}

FakeCoordinator::FakeCoordinator() : thread_([this] { serve(); }) {}

FakeCoordinator::~FakeCoordinator() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  listener_.shut();
  thread_.join();
  cut_connections();
  clients_.clear();
}

void FakeCoordinator::on(std::int16_t key, Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_[key] = std::move(answer);
}

void FakeCoordinator::as_usual(std::int16_t key) {
  const std::lock_guard lock(mutex_);
  answers_.erase(key);
}

void FakeCoordinator::cut_connections() {
  const std::lock_guard lock(mutex_);
  for (Client &client : clients_)
    ::shutdown(client.fd.get(), SHUT_RDWR);
}

std::vector<Request> FakeCoordinator::requests(std::int16_t key) const {
  const std::lock_guard lock(mutex_);
  std::vector<Request> found;
  for (const Request &request : requests_)
    if (request.key == key)
      found.push_back(request);
  return found;
}

bool FakeCoordinator::wait_for(const std::function<bool()> &condition) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    std::unique_lock lock(mutex_);
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    changed_.wait_for(lock, std::chrono::milliseconds(5)); // requests notify; other facts do not
  }
  return true;
}

bool FakeCoordinator::wait_requests(std::int16_t key, std::size_t count) const {
  return wait_for([&] { return requests(key).size() >= count; });
}

void FakeCoordinator::serve() {
  for (int number = 1; !stopping_; ++number) {
    UniqueFd fd = listener_.accept();
    if (!fd)
      return;
    const std::lock_guard lock(mutex_);
    const int raw = fd.get();
    clients_.push_back({std::move(fd), {}});
    clients_.back().thread = std::jthread([this, raw, number] { talk(raw, number); });
  }
}

void FakeCoordinator::talk(int fd, int connection) {
  while (!stopping_ && answer_one(fd, connection))
    continue;
  ::shutdown(fd, SHUT_RDWR);
}

bool FakeCoordinator::answer_one(int fd, int connection) {
  auto read = tests::read_request(fd);
  if (!read)
    return false;
  const Request request{*std::move(read), connection};
  Answer answer;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    changed_.notify_all();
    if (const auto found = answers_.find(request.key); found != answers_.end())
      answer = found->second;
  }
  if (frozen_)
    return true;
  return send_all(fd, answer ? answer(request) : usual(request));
}

bool FakeCoordinator::send_all(int fd, const std::string &bytes) {
  const std::size_t piece = dribble_ms_ > 0 ? 1 : bytes.size();
  for (std::size_t done = 0; done < bytes.size(); done += piece) {
    if (::send(fd, bytes.data() + done, piece, MSG_NOSIGNAL) <= 0)
      return false;
    if (dribble_ms_ > 0) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(dribble_ms_),
                        [this] { return !!stopping_; });
    }
  }
  return !stopping_;
}

std::string FakeCoordinator::usual(const Request &request) {
  const std::lock_guard lock(mutex_);
  switch (request.key) {
  case wire::ApiVersions::kKey:
    return versions(request);
  case wire::FindCoordinator::kKey:
    return found(request, port());
  case wire::JoinGroup::kKey: {
    const std::size_t group = text_at(request.body, 0).size() + 2;
    const std::string member = text_at(request.body, group + 8);
    wire::Joined answer;
    answer.member_id = member.empty() ? "m-1" : member;
    answer.error = member.empty() ? GroupError::MemberIdRequired : GroupError::None;
    if (!member.empty()) {
      answer.generation = ++generation_;
      answer.protocol = "sessioned";
      answer.leader_id = member;
      answer.members = {{member, "metadata"}};
    }
    return joined(request, answer);
  }
  case wire::SyncGroup::kKey: {
    wire::Decoder in(request.body);
    in.string();
    in.int32();
    in.string();
    in.nullable();
    if (in.count(6) > 0) {
      in.string();
      assignment_ = in.data();
    }
    return synced(request, assignment_);
  }
  case wire::LeaveGroup::kKey: {
    Encoder body;
    body.int32(0);
    body.int16(0);
    body.int32(0);
    return response_frame(request.correlation, body);
  }
  default:
    return error_only(request, GroupError::None);
  }
}

std::string FakeCoordinator::error_only(const Request &request, GroupError error) {
  if (request.key == wire::JoinGroup::kKey) {
    wire::Joined answer;
    answer.error = error;
    return joined(request, answer);
  }
  Encoder body;
  body.int32(0);
  body.int16(static_cast<std::int16_t>(error));
  if (request.key == wire::SyncGroup::kKey)
    body.data("");
  if (request.key == wire::LeaveGroup::kKey)
    body.int32(0);
  if (request.key == wire::FindCoordinator::kKey) {
    body.nullable(std::nullopt);
    body.int32(-1);
    body.string("");
    body.int32(-1);
  }
  return response_frame(request.correlation, body);
}

std::string FakeCoordinator::joined(const Request &request, const wire::Joined &joined) {
  Encoder body;
  body.int32(0);
  body.int16(static_cast<std::int16_t>(joined.error));
  body.int32(joined.generation);
  body.string(joined.protocol);
  body.string(joined.leader_id);
  body.string(joined.member_id);
  body.int32(static_cast<std::int32_t>(joined.members.size()));
  for (const wire::JoinedMember &member : joined.members) {
    body.string(member.id);
    body.nullable(std::nullopt);
    body.data(member.metadata);
  }
  return response_frame(request.correlation, body);
}

std::string FakeCoordinator::synced(const Request &request, const std::string &assignment) {
  Encoder body;
  body.int32(0);
  body.int16(0);
  body.data(assignment);
  return response_frame(request.correlation, body);
}

std::string FakeCoordinator::found(const Request &request, std::int32_t port) {
  Encoder body;
  body.int32(0);
  body.int16(0);
  body.nullable(std::nullopt);
  body.int32(1);
  body.string("127.0.0.1");
  body.int32(port);
  return response_frame(request.correlation, body);
}

} // namespace host::cluster::test
