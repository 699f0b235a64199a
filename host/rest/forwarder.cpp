#include "host/rest/forwarder.h"

#include <utility>

#include "host/base/log.h"
#include "host/base/thread.h"
#include "host/http/client.h"
#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/rest/replies.h"

namespace host::rest {
namespace {

const log::Logger kLog{"sluice.rest.forward"};

constexpr std::string_view kNoLeader =
    "Cannot complete request momentarily due to no known leader URL, likely because a rebalance "
    "was underway.";
constexpr std::string_view kConflict = "Cannot complete request because of a conflicting operation "
                                       "(e.g. worker rebalance)";

// Java's Boolean.parseBoolean of what the query says.
bool is_true(const std::string &text) { return lower_case(text) == "true"; }

// The same path and query, with `forward` as the next worker must read it.
std::string target_for(const Request &request, Hops hops) {
  const std::size_t mark = request.target.find('?');
  std::string target = request.target.substr(0, mark);
  std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
  std::string kept;
  while (!query.empty()) {
    const std::string item = query.substr(0, query.find('&'));
    query.erase(0, item.size() + 1);
    if (item != "forward" && !item.starts_with("forward="))
      kept += "&" + item;
  }
  return target + "?forward=" + (hops == Hops::None ? "true" : "false") + kept;
}

// What another worker answered, as an answer of this one. An error keeps its words.
Reply reply_of(http::Response response, const std::string &base) {
  if (response.ok()) {
    const auto created = response.status == 201 ? json::parse(response.body) : json::Value();
    const auto name = created ? created->string_of("name") : Result<std::string>(created.error());
    Reply reply = response.body.empty() ? empty_reply(response.status)
                                        : json_reply(response.status, std::move(response.body));
    if (name)
      reply.headers.emplace_back("Location", base + encode_path(*name));
    return reply;
  }
  if (response.status >= 400) {
    const auto body = json::parse(response.body);
    const auto message = body ? body->string_of("message") : Result<std::string>(body.error());
    if (message)
      return error_reply(response.status, *message);
    return error_reply(response.status, response.body);
  }
  return error_reply(500, "Unexpected status code when handling forwarded request: " +
                              std::to_string(response.status));
}

} // namespace

Hops hops_of(const Target &target) {
  const std::string *forward = target.parameter("forward");
  if (forward == nullptr)
    return Hops::None;
  return is_true(*forward) ? Hops::One : Hops::NoMore;
}

Forwarder::Forwarder(Options options) : options_(options) {}

Forwarder::~Forwarder() { stop(); }

void Forwarder::start() {
  const std::lock_guard lock(mutex_);
  stopping_ = false;
  for (std::size_t i = 0; i < options_.threads; ++i)
    threads_.emplace_back([this] {
      name_this_thread("forward");
      work();
    });
}

void Forwarder::stop() {
  std::deque<Job> left;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    left = std::exchange(jobs_, {});
  }
  changed_.notify_all();
  for (const Job &job : left)
    job.respond(error_reply(500, "Worker is shutting down"));
  for (std::thread &thread : std::exchange(threads_, {}))
    thread.join();
}

void Forwarder::forward(const Request &request, const std::string &url, Responder respond) {
  const auto target = parse_target(request.target, request.host);
  const Hops hops = target ? hops_of(*target) : Hops::NoMore;
  if (hops == Hops::NoMore)
    return respond(error_reply(409, kConflict));
  if (url.empty())
    return respond(error_reply(409, kNoLeader));
  Job job{request.method, url, target_for(request, hops), request.body, {}, std::move(respond), {}};
  job.base = (request.secure ? "https://" : "http://") + request.host + "/connectors/";
  if (const std::string *authorization = request.header("authorization"))
    job.headers.emplace_back("Authorization", *authorization);
  if (!request.id.empty())
    job.headers.emplace_back("X-Request-Id", request.id);
  kLog.debug("Forwarding {} {} to {}", job.method, job.target, job.url);
  post(std::move(job));
}

void Forwarder::send(std::string method, std::string url, std::string path, std::string body,
                     const std::optional<http::SigningKey> &key, Responder respond) {
  if (url.empty())
    return respond(error_reply(409, kNoLeader));
  Job job{std::move(method),
          std::move(url),
          std::move(path),
          std::move(body),
          {},
          std::move(respond),
          {}};
  if (key) {
    auto mac = http::sign(*key, job.body);
    if (!mac)
      return job.respond(error_reply(mac.error()));
    job.headers.emplace_back(http::kSignatureHeader, *std::move(mac));
    job.headers.emplace_back(http::kSignatureAlgorithmHeader, key->algorithm);
  }
  post(std::move(job));
}

void Forwarder::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      jobs_.push_back(std::move(job));
      changed_.notify_one();
      return;
    }
  }
  job.respond(error_reply(500, "Worker is shutting down"));
}

void Forwarder::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_)
      return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.respond(ask(job));
  }
}

Reply Forwarder::ask(const Job &job) const {
  auto url = http::parse_url(job.url);
  if (!url)
    return error_reply(500, "Error trying to forward REST request: " + url.error().message());
  http::ClientOptions options;
  options.timeout = options_.timeout;
  options.user_agent = "kafka-connect";
  options.tls = options_.tls;
  options.trust_setting = "ssl.truststore.location";
  http::Client client(*std::move(url), options);
  auto response = client.send({job.method, job.target, job.body, "application/json", job.headers});
  if (!response)
    return error_reply(500,
                       "IO Error trying to forward REST request: " + response.error().message());
  return reply_of(*std::move(response), job.base);
}

} // namespace host::rest
