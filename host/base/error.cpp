#include "host/base/error.h"

namespace host {
namespace {

std::string_view default_exception(Code code) {
  switch (code) {
  case Code::Retry:
    return exception::kRetriable;
  case Code::Config:
    return exception::kConfig;
  case Code::Data:
    return exception::kData;
  case Code::NotFound:
    return exception::kNotFound;
  case Code::AlreadyExists:
    return exception::kAlreadyExists;
  case Code::BadRequest:
    return exception::kBadRequest;
  default:
    return exception::kConnect;
  }
}

void append_line(std::string &text, std::string_view prefix, const Error &error) {
  text += prefix;
  text += error.exception();
  if (!error.message().empty()) {
    text += ": ";
    text += error.message();
  }
  text += '\n';
}

} // namespace

std::string_view Error::exception() const {
  return exception_.empty() ? default_exception(code_) : std::string_view(exception_);
}

Error Error::elsewhere(std::string url) && {
  where_ = std::move(url);
  return std::move(*this);
}

Error Error::context(std::string_view where) && {
  message_.insert(0, std::string(where) + ": ");
  return std::move(*this);
}

Error Error::wrap(Code code, std::string_view exception, std::string message) && {
  Error outer(code, exception, std::move(message));
  outer.cause_ = std::make_shared<const Error>(std::move(*this));
  return outer;
}

std::string Error::trace() const {
  std::string text;
  append_line(text, "", *this);
  for (const Error *cause = cause_.get(); cause != nullptr; cause = cause->cause_.get())
    append_line(text, "Caused by: ", *cause);
  return text;
}

} // namespace host
