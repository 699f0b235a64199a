#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/http/client.h"
#include "host/json/value.h"

namespace host::app::cli {

// What the worker answered to a request that it did not refuse.
struct Answer {
  int status = 0;
  json::Value body; // null if there was none
};

// The REST API of one worker (contract 2.4), ours or Kafka Connect's. Owned by main, one thread.
// A refusal is an Error with the worker's own message: NotFound for 404, Conflict for 409, else
// Fatal. Unavailable, Timeout and Io mean that no worker answered.
class WorkerApi {
public:
  explicit WorkerApi(http::Client client) : client_(std::move(client)) {}

  Result<json::Value> get(std::string_view target);
  Result<Answer> send(std::string_view method, std::string_view target);
  Result<Answer> send(std::string_view method, std::string_view target, const json::Value &body);
  std::string url() const { return client_.url().text(); }

private:
  Result<Answer> exchange(http::Request request);

  http::Client client_;
};

// `/connectors/{name}` and what is below it.
std::string path_of(std::string_view connector, std::string_view below = {});

// Whether an error means that no worker answered.
bool is_unreachable(const Error &error);

} // namespace host::app::cli
