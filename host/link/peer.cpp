#include "host/link/peer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>

namespace host::link {
namespace {

// Replies that may still come after their deadline; older ones count as never asked for.
constexpr std::size_t kRememberedExpired = 1024;

Error given_up() { return Error(Code::Cancelled, "the request was given up before its answer"); }

} // namespace

// Outlives the Peer while a handler of it runs. `channel` and the tables belong to the loop's
// thread; `next_id` to anyone.
struct Peer::Impl : std::enable_shared_from_this<Peer::Impl> {
  struct Pending {
    std::size_t reply_index = 0;
    OnAnyReply done;
    Timer deadline;
  };

  Impl(IoLoop &loop, std::unique_ptr<Channel> channel) : loop(loop), channel(std::move(channel)) {}

  void frame(const std::string &text);
  void reply(std::uint64_t id, Message message);
  void incoming(std::uint64_t id, Message message);
  void expire(std::uint64_t id);
  void send(std::uint64_t id, Message message);
  void fault(std::string_view what);
  void lost(Error reason);
  void fail_pending(const Error &reason);

  IoLoop &loop;
  std::unique_ptr<Channel> channel;
  std::array<AnyHandler, std::variant_size_v<Message>> handlers;
  std::function<void(Error)> on_closed;
  std::map<std::uint64_t, Pending> pending;
  std::deque<std::uint64_t> expired;
  std::atomic<std::uint64_t> next_id{1};
  bool open = false;
  bool silent = false; // close() or destruction: no callback any more
};

// One request of the other side.
struct AnyResponder::State {
  State(std::weak_ptr<Peer::Impl> peer, IoLoop &loop, std::uint64_t id)
      : peer(std::move(peer)), loop(loop), id(id) {}
  ~State() {
    if (!answered.test_and_set())
      send(failed_from(given_up()));
  }

  void send(Message message) {
    // The loop outlives the peer, but not necessarily this responder.
    const auto alive = peer.lock();
    if (!alive)
      return;
    loop.dispatch([peer = peer, id = id, message = std::move(message)]() mutable {
      if (const auto self = peer.lock())
        self->send(id, std::move(message));
    });
  }

  std::weak_ptr<Peer::Impl> peer;
  IoLoop &loop;
  std::uint64_t id;
  std::atomic_flag answered;
};

void AnyResponder::answer(Message reply) const {
  if (state_ && !state_->answered.test_and_set())
    state_->send(std::move(reply));
}

void AnyResponder::fail(const Error &error) const { answer(failed_from(error)); }

void Peer::Impl::frame(const std::string &text) {
  Result<Frame> frame = decode(text);
  if (!frame)
    return fault(frame.error().message());
  if (is_reply(frame->message))
    reply(frame->id, std::move(frame->message));
  else
    incoming(frame->id, std::move(frame->message));
}

void Peer::Impl::reply(std::uint64_t id, Message message) {
  const auto found = pending.find(id);
  if (found == pending.end()) {
    const auto late = std::find(expired.begin(), expired.end(), id);
    if (late == expired.end())
      return fault(
          fmt::format("{} with the id {}, which no request waits for", type_of(message), id));
    expired.erase(late);
    return;
  }
  const auto *failed = std::get_if<Failed>(&message);
  if (failed == nullptr && message.index() != found->second.reply_index)
    return fault(fmt::format("{} is not the answer to request {}", type_of(message), id));
  const Pending done = std::move(found->second);
  pending.erase(found);
  if (failed != nullptr)
    done.done(Result<Message>(error_from(*failed)));
  else
    done.done(std::move(message));
}

void Peer::Impl::incoming(std::uint64_t id, Message message) {
  const AnyHandler &handler = handlers[message.index()];
  if (!handler)
    return fault(fmt::format("{} is not for this side", type_of(message)));
  AnyResponder responder(
      id == 0 ? nullptr : std::make_shared<AnyResponder::State>(weak_from_this(), loop, id));
  handler(std::move(message), std::move(responder));
}

void Peer::Impl::expire(std::uint64_t id) {
  const auto found = pending.find(id);
  const Pending done = std::move(found->second);
  pending.erase(found);
  expired.push_back(id);
  if (expired.size() > kRememberedExpired)
    expired.pop_front();
  done.done(fail(Code::Timeout, "no answer in time"));
}

void Peer::Impl::send(std::uint64_t id, Message message) {
  if (!open)
    return;
  const std::string_view type = type_of(message);
  std::string text = encode({id, std::move(message)});
  if (text.size() > kMaxFrameBytes)
    return fault(fmt::format("{} of {} bytes cannot be sent; a frame has at most {}", type,
                             text.size(), kMaxFrameBytes));
  channel->send(std::move(text));
}

void Peer::Impl::fault(std::string_view what) {
  if (!open)
    return;
  open = false;
  channel->close();
  loop.post([self = shared_from_this(), error = Error(Code::Data, fmt::format("link: {}", what))] {
    self->lost(error);
  });
}

void Peer::Impl::lost(Error reason) {
  open = false;
  if (silent)
    return;
  fail_pending(Error(Code::Unavailable, reason.message()));
  if (!silent && on_closed)
    std::exchange(on_closed, nullptr)(std::move(reason));
}

void Peer::Impl::fail_pending(const Error &reason) {
  // Callbacks may start requests, close or destroy the peer.
  while (!pending.empty() && !silent) {
    const auto first = pending.begin();
    const Pending done = std::move(first->second);
    pending.erase(first);
    done.done(Result<Message>(reason));
  }
}

Peer::Peer(IoLoop &loop, std::unique_ptr<Channel> channel)
    : impl_(std::make_shared<Impl>(loop, std::move(channel))) {}

Peer::~Peer() {
  impl_->silent = true;
  impl_->open = false;
  impl_->pending.clear();
  impl_->channel->close();
}

void Peer::set_handler(std::size_t index, AnyHandler handler) {
  impl_->handlers[index] = std::move(handler);
}

void Peer::open(std::function<void(Error)> on_closed) {
  impl_->on_closed = std::move(on_closed);
  impl_->open = true;
  const std::weak_ptr<Impl> impl = impl_;
  impl_->channel->open(impl_->loop, {[impl](std::string text) {
                                       if (const auto self = impl.lock(); self && self->open)
                                         self->frame(text);
                                     },
                                     [impl](Error reason) {
                                       if (const auto self = impl.lock())
                                         self->lost(std::move(reason));
                                     }});
}

void Peer::send_told(Message message) {
  impl_->loop.dispatch([impl = std::weak_ptr(impl_), message = std::move(message)]() mutable {
    if (const auto self = impl.lock())
      self->send(0, std::move(message));
  });
}

void Peer::send_request(Message message, std::size_t reply_index, Duration timeout,
                        OnAnyReply done) {
  impl_->loop.dispatch([impl = std::weak_ptr(impl_), message = std::move(message), reply_index,
                        timeout, done = std::move(done)]() mutable {
    const auto self = impl.lock();
    if (!self || self->silent)
      return done(Result<Message>(given_up()));
    if (!self->open) {
      self->loop.post(
          [done = std::move(done)] { done(fail(Code::Unavailable, "the link is closed")); });
      return;
    }
    const std::uint64_t id = self->next_id++;
    Impl::Pending &pending = self->pending[id];
    pending.reply_index = reply_index;
    pending.done = std::move(done);
    if (timeout != kNoDeadline)
      pending.deadline = self->loop.after(timeout, [self = self.get(), id] { self->expire(id); });
    self->send(id, std::move(message));
  });
}

void Peer::finish() { impl_->channel->finish(); }

void Peer::close() {
  const auto impl = impl_; // a callback may destroy this
  if (impl->silent)
    return;
  impl->open = false;
  impl->channel->close();
  impl->fail_pending(given_up());
  impl->silent = true;
}

} // namespace host::link
