#include "tests/unit/cluster/fake_coordinator.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace host::cluster::test {
namespace {

using wire::Encoder;
using wire::GroupError;

bool read_all(int fd, std::string &data) {
  for (std::size_t done = 0; done < data.size();) {
    const ssize_t n = ::read(fd, data.data() + done, data.size() - done);
    if (n <= 0)
      return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

std::string versions(const Request &request) {
  Encoder body;
  body.int16(0);
  body.int32(6);
  for (const std::int16_t key : {10, 11, 12, 13, 14, 18}) {
    body.int16(key);
    body.int16(0);
    body.int16(6);
  }
  return FakeCoordinator::frame(request.correlation, body);
}

} // namespace

std::string text_at(const std::string &body, std::size_t skip) {
  wire::Decoder in(std::string_view(body).substr(skip));
  return in.string();
}

FakeCoordinator::FakeCoordinator() {
  listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto *raw = reinterpret_cast<sockaddr *>(&address);
  if (::bind(listener_.get(), raw, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), raw, &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

FakeCoordinator::~FakeCoordinator() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
  cut_connections();
  clients_.clear();
}

std::string FakeCoordinator::bootstrap() const { return "127.0.0.1:" + std::to_string(port_); }

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
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
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
  std::string size(4, '\0');
  if (!read_all(fd, size))
    return false;
  std::string bytes(static_cast<std::size_t>(wire::Decoder(size).int32()), '\0');
  if (!read_all(fd, bytes))
    return false;
  wire::Decoder in(bytes);
  Request request{in.int16(), in.int16(), in.int32(), {}, connection};
  request.body = bytes.substr(2 + 2 + 4 + 2 + in.string().size());
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
    return found(request, port_);
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
    return frame(request.correlation, body);
  }
  default:
    return error_only(request, GroupError::None);
  }
}

std::string FakeCoordinator::frame(std::int32_t correlation, const Encoder &body) {
  Encoder head;
  head.int32(static_cast<std::int32_t>(body.bytes().size() + 4));
  head.int32(correlation);
  return head.bytes() + body.bytes();
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
  return frame(request.correlation, body);
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
  return frame(request.correlation, body);
}

std::string FakeCoordinator::synced(const Request &request, const std::string &assignment) {
  Encoder body;
  body.int32(0);
  body.int16(0);
  body.data(assignment);
  return frame(request.correlation, body);
}

std::string FakeCoordinator::found(const Request &request, std::int32_t port) {
  Encoder body;
  body.int32(0);
  body.int16(0);
  body.nullable(std::nullopt);
  body.int32(1);
  body.string("127.0.0.1");
  body.int32(port);
  return frame(request.correlation, body);
}

} // namespace host::cluster::test
