#include "host/rest/replies.h"

#include <utility>

#include "host/json/writer.h"

namespace host::rest {
namespace {

int status_of(Code code) {
  switch (code) {
  case Code::NotFound:
    return 404;
  case Code::AlreadyExists:
  case Code::Conflict:
    return 409;
  case Code::BadRequest:
  case Code::Config:
    return 400;
  case Code::Forbidden:
    return 403;
  case Code::Unavailable:
    return 503;
  default:
    return 500;
  }
}

} // namespace

Reply json_reply(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

Reply empty_reply(int status) {
  Reply reply;
  reply.status = status;
  reply.content_type.clear();
  return reply;
}

Reply error_reply(int status, std::string_view message) {
  std::string body;
  json::Writer(body)
      .begin_object()
      .field("error_code", status)
      .field("message", message)
      .end_object();
  return json_reply(status, std::move(body));
}

Reply error_reply(const Error &error) {
  return error_reply(status_of(error.code()), error.message());
}

Reply container_reply(int status) {
  Reply reply =
      error_reply(status, "HTTP " + std::to_string(status) + " " + std::string(reason_of(status)));
  reply.content_type.clear();
  return reply;
}

} // namespace host::rest
