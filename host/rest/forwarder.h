#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/base/clock.h"
#include "host/base/error.h"
#include "host/http/client.h"
#include "host/http/request_signature.h"
#include "host/rest/http.h"
#include "host/rest/uri.h"

namespace host::rest {

// How far a request has been carried on already (contract 2.5): `forward` of its query. Absent: not
// at all; true: once; false: no further.
enum class Hops : std::uint8_t { None = 1, One, NoMore };
Hops hops_of(const Target &target);

// Carries requests on to the worker that must answer them: the leader, or the owner of a connector
// or task. The reply comes back as that worker gave it. Calls wait for other workers, so they run
// on threads of their own; a request that is not begun when stop() comes fails. Owned by the app,
// stopped after the server.
class Forwarder {
public:
  struct Options {
    std::size_t threads = 4;
    Duration timeout{90'000};
    std::optional<http::TlsOptions> tls = std::nullopt; // towards workers at https://
  };
  explicit Forwarder(Options options);
  ~Forwarder();
  Forwarder(const Forwarder &) = delete;
  Forwarder &operator=(const Forwarder &) = delete;

  void start();
  void stop();

  // Repeats the request at `url` (`http://host:port` of the other worker), with one hop more, its
  // own body and Authorization, and nothing else of it but X-Request-Id. Conflict (409) when it
  // must go no further, or when `url` is empty because nobody is known.
  void forward(const Request &request, const std::string &url, Responder respond);

  // A request of this worker's own to another, signed if there is a key: `PUT
  // /connectors/c/fence`. Gives what forward() would give as a reply.
  void send(std::string method, std::string url, std::string path, std::string body,
            const std::optional<http::SigningKey> &key, Responder respond);

private:
  struct Job {
    std::string method;
    std::string url;
    std::string target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    Responder respond;
    std::string base; // of Location
  };
  void post(Job job);
  void work();
  Reply ask(const Job &job) const;

  const Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_; // guarded by mutex_
  bool stopping_ = true; // guarded by mutex_
  std::vector<std::thread> threads_;
};

} // namespace host::rest
