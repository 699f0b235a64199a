#include "host/app/cli_worker_api.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/http/url.h"
#include "host/json/parse.h"

namespace host::app::cli {
namespace {

constexpr std::size_t kShownBody = 200;
constexpr Duration kFirstPause{100};
constexpr Duration kLongestPause{1'000};

Code code_of(int status) {
  switch (status) {
  case 404:
    return Code::NotFound;
  case 409:
    return Code::Conflict;
  default:
    return Code::Fatal;
  }
}

Error refusal(const http::Request &request, const http::Response &response,
              const std::string &url) {
  const auto body = json::parse(response.body);
  const json::Value *message = body ? body->find("message") : nullptr;
  if (message != nullptr && message->is_string())
    return {code_of(response.status),
            fmt::format("{} (HTTP {})", message->text(), response.status)};
  if (response.status == 401)
    return {Code::Forbidden,
            fmt::format("{} lets nobody in without a user and the right password: give --user NAME "
                        "or SLUICE_USER, and SLUICE_PASSWORD (HTTP 401)",
                        url)};
  // The resource of a worker always says something; this came from its framework, or another
  // server.
  const std::string what = response.body.substr(0, kShownBody);
  return {Code::Fatal,
          fmt::format("{} answered HTTP {} to {} {}{}{}; is it a Kafka Connect worker?", url,
                      response.status, request.method, request.target, what.empty() ? "" : ": ",
                      what)};
}

// `Cannot complete request because of a conflicting operation (e.g. worker rebalance)`,
// `… momentarily due to no known leader URL …`; other conflicts last.
bool is_passing(const http::Response &response) {
  return response.status == 409 &&
         response.body.find("Cannot complete request") != std::string::npos;
}

} // namespace

Result<json::Value> WorkerApi::get(std::string_view target) {
  HOST_ASSIGN(Answer answer, exchange({"GET", std::string(target), {}}));
  return std::move(answer.body);
}

Result<Answer> WorkerApi::send(std::string_view method, std::string_view target) {
  return exchange({std::string(method), std::string(target), {}});
}

Result<Answer> WorkerApi::send(std::string_view method, std::string_view target,
                               const json::Value &body) {
  return exchange({std::string(method), std::string(target), json::to_text(body)});
}

Result<std::string> WorkerApi::get_text(std::string_view target) {
  http::Request request{"GET", std::string(target), {}};
  request.accept = "text/plain";
  HOST_ASSIGN(http::Response response, ask(request));
  if (!response.ok())
    return refusal(request, response, url());
  return std::move(response.body);
}

Result<http::Response> WorkerApi::ask(http::Request request) {
  if (!authorization_.empty())
    request.headers.emplace_back("Authorization", authorization_);
  Duration waited{};
  for (Duration pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    HOST_ASSIGN(http::Response response, client_.send(request));
    if (!is_passing(response) || waited >= patience_.limit)
      return response;
    if (waited == Duration::zero())
      patience_.note(fmt::format("the cluster rebalances; trying again for up to {} s",
                                 patience_.limit.count() / 1000));
    patience_.pause(pause);
    waited += pause;
  }
}

Result<Answer> WorkerApi::exchange(const http::Request &request) {
  HOST_ASSIGN(const http::Response response, ask(request));
  if (!response.ok())
    return refusal(request, response, url());
  Answer answer{response.status, {}};
  if (response.body.empty())
    return answer;
  auto body = json::parse(response.body);
  if (!body)
    return fail(Code::Io, fmt::format("{} answered {} {} with something that is not JSON; is it a "
                                      "Kafka Connect worker?",
                                      url(), request.method, request.target));
  answer.body = *std::move(body);
  return answer;
}

std::string path_of(std::string_view connector, std::string_view below) {
  return fmt::format("/connectors/{}{}{}", http::encode_segment(connector),
                     below.empty() ? "" : "/", below);
}

bool is_unreachable(const Error &error) {
  return error.code() == Code::Unavailable || error.code() == Code::Timeout ||
         error.code() == Code::Io;
}

} // namespace host::app::cli
