#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace host {

// What the caller can do about a failure. REST maps these to status codes, the task loops to
// Connect's error rules. Zero is not a code on purpose.
enum class Code : std::uint8_t {
  Fatal = 1,   // the smallest unit (request, task, connector) fails and stays failed
  Retry,       // the same call may succeed later
  Config,      // a configuration value is wrong; the message names the key
  Data,        // one record or document is bad
  Cancelled,   // somebody asked for the stop
  Unsupported, // the other side cannot do this
  Internal,    // a defect of ours or an exception that escaped a plugin
  NotFound,
  AlreadyExists,
  Conflict,
  BadRequest,
  Timeout,
  Io,
  Unavailable, // something this worker depends on does not answer (yet)
  Forbidden,   // switched off in the worker's configuration
};

// Java class names that users see in traces and dead letter headers (contract 16.6).
namespace exception {
inline constexpr std::string_view kConnect = "org.apache.kafka.connect.errors.ConnectException";
inline constexpr std::string_view kData = "org.apache.kafka.connect.errors.DataException";
inline constexpr std::string_view kRetriable = "org.apache.kafka.connect.errors.RetriableException";
inline constexpr std::string_view kNotFound = "org.apache.kafka.connect.errors.NotFoundException";
inline constexpr std::string_view kAlreadyExists =
    "org.apache.kafka.connect.errors.AlreadyExistsException";
inline constexpr std::string_view kSchemaBuilder =
    "org.apache.kafka.connect.errors.SchemaBuilderException";
inline constexpr std::string_view kBadRequest =
    "org.apache.kafka.connect.runtime.rest.errors.BadRequestException";
inline constexpr std::string_view kConfig = "org.apache.kafka.common.config.ConfigException";
inline constexpr std::string_view kSerialization =
    "org.apache.kafka.common.errors.SerializationException";
} // namespace exception

// A failure as a value. Cheap to move; copied only when it is stored and also reported.
class Error {
public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}
  Error(Code code, std::string_view exception, std::string message)
      : code_(code), message_(std::move(message)), exception_(exception) {}

  Code code() const { return code_; }
  const std::string &message() const { return message_; }
  bool retriable() const { return code_ == Code::Retry; }
  const Error *cause() const { return cause_.get(); }

  // The Java class that Connect's users know this failure by; a default per code if none was set.
  std::string_view exception() const;

  // The same failure, with the URL of the worker that can do it; empty: nobody knows who can.
  Error elsewhere(std::string url) &&;
  // None if it is no matter of which worker was asked.
  const std::optional<std::string> &where() const { return where_; }

  // Puts "while …: " in front of the message.
  Error context(std::string_view where) &&;
  // Keeps `this` as the cause of a new, outer error, as Java's `new X(message, cause)` does.
  Error wrap(Code code, std::string_view exception, std::string message) &&;

  // `class: message` and one `Caused by: class: message` per cause, each on its own line: the form
  // of a `trace` (contract 3.4, 16.6).
  std::string trace() const;

private:
  Code code_;
  std::string message_;
  std::string exception_;
  std::optional<std::string> where_;
  std::shared_ptr<const Error> cause_;
};

// A value or an Error. `Result<void>` for calls that only succeed or fail.
template <class T> class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
  using tl::expected<T, Error>::expected;
  Result(tl::expected<T, Error> &&other) : tl::expected<T, Error>(std::move(other)) {}
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

using Status = Result<void>;

inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}
inline tl::unexpected<Error> fail(Code code, std::string_view exception, std::string message) {
  return tl::unexpected<Error>(Error(code, exception, std::move(message)));
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

} // namespace host

// Returns the error of a Result<…> from the enclosing function, else goes on.
#define HOST_TRY(expression)                                                                       \
  do {                                                                                             \
    if (auto host_try_result = (expression); !host_try_result)                                     \
      return ::host::fail(std::move(host_try_result).error());                                     \
  } while (false)
#define HOST_CONCAT_(a, b) a##b
#define HOST_CONCAT(a, b) HOST_CONCAT_(a, b)
// `HOST_ASSIGN(auto x, f());` declares x with the value of f(), or returns its error.
#define HOST_ASSIGN(target, expression)                                                            \
  auto HOST_CONCAT(host_assign_, __LINE__) = (expression);                                         \
  if (!HOST_CONCAT(host_assign_, __LINE__))                                                        \
    return ::host::fail(std::move(HOST_CONCAT(host_assign_, __LINE__)).error());                   \
  target = *std::move(HOST_CONCAT(host_assign_, __LINE__))
