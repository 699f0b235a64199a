#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/link/channel.h"
#include "host/link/io_loop.h"
#include "host/link/messages.h"

namespace host::link {

template <class M>
concept RequestMessage = requires {
  typename M::Reply;
};
template <class M>
concept ReplyMessage = requires {
  M::kIsReply;
};
template <class M>
concept ToldMessage = !RequestMessage<M> && !ReplyMessage<M>;

inline constexpr Duration kNoDeadline = Duration::max();

// The way back for one request. Copies share it; the first answer counts. Any thread. When the last
// copy goes without an answer, the request fails with Cancelled, so nobody waits for ever.
class AnyResponder {
public:
  void answer(Message reply) const;
  void fail(const Error &error) const;

private:
  friend class Peer;
  struct State;
  explicit AnyResponder(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

template <ReplyMessage R> class Responder {
public:
  explicit Responder(AnyResponder any) : any_(std::move(any)) {}
  void reply(R value) const { any_.answer(std::move(value)); }
  void fail(const Error &error) const { any_.fail(error); }
  void settle(const host::Status &result) const requires std::is_same_v<R, Done> {
    result ? reply(Done{}) : fail(result.error());
  }

private:
  AnyResponder any_;
};

// Speaks messages over a channel: matches replies to requests, keeps deadlines, hands incoming
// messages to their handlers. What does not fit (no frame, an unknown type, a message nobody here
// handles, a reply nobody waits for) is a fault that closes the link with a Data error.
//
// Handlers are set before open() and run on the loop's thread, as do all callbacks. tell() and
// request() may come from any thread, the rest from the loop's. When the channel is lost, requests
// under way fail with Unavailable and then on_closed runs, once; after close() or destruction
// nothing runs.
class Peer {
public:
  Peer(IoLoop &loop, std::unique_ptr<Channel> channel);
  ~Peer(); // drops requests under way without calling back
  Peer(const Peer &) = delete;
  Peer &operator=(const Peer &) = delete;

  // `handler(M)` for what is told, `handler(M, Responder<M::Reply>)` for a request.
  template <class M, class Handler> void on(Handler handler) {
    static_assert(!ReplyMessage<M>);
    set_handler(Message(std::in_place_type<M>).index(),
                [handler = std::move(handler)](Message message, AnyResponder responder) {
                  if constexpr (RequestMessage<M>)
                    handler(std::get<M>(std::move(message)),
                            Responder<typename M::Reply>(std::move(responder)));
                  else
                    handler(std::get<M>(std::move(message)));
                });
  }

  void open(std::function<void(Error)> on_closed);

  template <ToldMessage M> void tell(M message) { send_told(std::move(message)); }

  // Timeout when the reply does not come in time; a later one is ignored.
  template <RequestMessage M>
  void request(M message, Duration timeout,
               std::function<void(Result<typename M::Reply>)> on_reply) {
    using R = typename M::Reply;
    send_request(std::move(message), Message(std::in_place_type<R>).index(), timeout,
                 [on_reply = std::move(on_reply)](Result<Message> reply) {
                   if (reply)
                     on_reply(std::get<R>(std::move(*reply)));
                   else
                     on_reply(Result<R>(std::move(reply).error()));
                 });
  }

  // Sends what is queued, then on_closed with Cancelled.
  void finish();
  // At once. Requests under way fail with Cancelled before this returns; nothing runs afterwards.
  void close();

private:
  friend class AnyResponder;
  using AnyHandler = std::function<void(Message, AnyResponder)>;
  using OnAnyReply = std::function<void(Result<Message>)>;
  struct Impl;

  void set_handler(std::size_t index, AnyHandler handler);
  void send_told(Message message);
  void send_request(Message message, std::size_t reply_index, Duration timeout, OnAnyReply done);

  std::shared_ptr<Impl> impl_;
};

} // namespace host::link
