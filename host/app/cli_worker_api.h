#pragma once

#include <functional>
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
  // `authorization` goes with every request; empty: none.
  explicit WorkerApi(http::Url url, http::ClientOptions options = {},
                     std::string authorization = {})
      : client_(std::move(url), options), options_(std::move(options)),
        authorization_(std::move(authorization)) {}

  // While a cluster rebalances, its workers refuse; the same a little later works.
  struct Patience {
    Duration limit{}; // of all pauses of one request
    std::function<void(Duration)> pause;
    std::function<void(std::string_view)> note; // told once
  };
  void be_patient(Patience patience) { patience_ = std::move(patience); }

  // Another worker of the cluster, with the same access; for reading.
  WorkerApi at(http::Url url) const { return WorkerApi(std::move(url), options_, authorization_); }

  Result<json::Value> get(std::string_view target);
  Result<Answer> send(std::string_view method, std::string_view target);
  Result<Answer> send(std::string_view method, std::string_view target, const json::Value &body);
  // What is no JSON.
  Result<std::string> get_text(std::string_view target);
  std::string url() const { return client_.url().text(); }
  bool tls() const { return client_.url().tls; }

private:
  Result<http::Response> ask(http::Request request);
  Result<Answer> exchange(const http::Request &request);

  http::Client client_;
  http::ClientOptions options_;
  std::string authorization_;
  Patience patience_;
};

// `/connectors/{name}` and what is below it.
std::string path_of(std::string_view connector, std::string_view below = {});

// Whether an error means that no worker answered.
bool is_unreachable(const Error &error);

} // namespace host::app::cli
