#include "host/app/cli_worker_api.h"

#include <fmt/format.h>

#include "host/http/url.h"
#include "host/json/parse.h"

namespace host::app::cli {
namespace {

constexpr std::size_t kShownBody = 200;

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
  // The resource of a worker always says something; this came from its framework, or another
  // server.
  const std::string what = response.body.substr(0, kShownBody);
  return {Code::Fatal,
          fmt::format("{} answered HTTP {} to {} {}{}{}; is it a Kafka Connect worker?", url,
                      response.status, request.method, request.target, what.empty() ? "" : ": ",
                      what)};
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

Result<Answer> WorkerApi::exchange(http::Request request) {
  HOST_ASSIGN(const http::Response response, client_.send(request));
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
