#pragma once

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <memory>
#include <string_view>

#include "host/base/clock.h"
#include "host/kafka/admin.h"
#include "host/kafka/native_client.h"

// What the parts of Admin share. Not for other rooms: it shows librdkafka.
namespace host::kafka {

// Between two tries of a question that was not answered.
inline constexpr Duration kAdminPause{100};
// There is nothing to wait for but time; a stop ends it early.
void pause(Duration time, const std::stop_token &stop);

tl::unexpected<Error> no_answer(std::string_view what);

// Asks again what may be answered in time: a coordinator that is just loading is an answer too,
// unlike in Java's client. `ask` is given what is left of the limit.
template <class Ask> auto until_answered(const CallLimit &limit, Ask ask) {
  const TimePoint deadline = std::chrono::steady_clock::now() + limit.timeout;
  for (;;) {
    const CallLimit rest{remaining(deadline), limit.stop};
    auto answer = ask(rest);
    if (answer || !answer.error().retriable() || remaining(deadline) <= kAdminPause)
      return answer;
    pause(kAdminPause, limit.stop);
  }
}

struct AdminOptionsDeleter {
  void operator()(rd_kafka_AdminOptions_t *options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
};
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, AdminOptionsDeleter>;

// Sends one admin request with a queue of its own and waits for its result event.
class AdminCall {
public:
  AdminCall(rd_kafka_t *client, rd_kafka_admin_op_t op, const CallLimit &limit)
      : limit_(limit), queue_(rd_kafka_queue_new(client)),
        options_(rd_kafka_AdminOptions_new(client, op)) {
    char text[256];
    rd_kafka_AdminOptions_set_request_timeout(options_.get(), to_timeout(limit.timeout), text,
                                              sizeof text);
  }

  rd_kafka_AdminOptions_t *options() { return options_.get(); }
  rd_kafka_queue_t *queue() { return queue_.get(); }

  Result<Event> wait(std::string_view what) {
    const std::stop_callback wake(limit_.stop, [this] { rd_kafka_queue_yield(queue_.get()); });
    Event event;
    if (!limit_.stop.stop_requested())
      event.reset(rd_kafka_queue_poll(queue_.get(), to_timeout(limit_.timeout)));
    if (limit_.stop.stop_requested())
      return fail(Code::Cancelled, fmt::format("{}: stopped", what));
    if (!event)
      return no_answer(what);
    if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return fail(error_of(code_of(code), what, rd_kafka_event_error_string(event.get())));
    return event;
  }

private:
  const CallLimit &limit_;
  Queue queue_;
  AdminOptions options_;
};

struct Admin::Own {
  ClientConfig config;
  rd_kafka_t *client = nullptr;
  NativeOpaque opaque;
};

} // namespace host::kafka
