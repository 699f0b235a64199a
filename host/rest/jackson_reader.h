#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/base/error.h"
#include "host/herder/submitted_config.h"
#include "host/json/scanner.h"

namespace host::rest {

// The path to a member of an object that is bound as `type`.
std::string member_place(std::string_view chain, std::string_view type, std::string_view key);

// Reads one body token by token and words what is wrong like Jackson's databind. `chain` is the
// path to the value, such as `Request["config"]->java.util.LinkedHashMap["a"]`; empty at the top.
// One request, one thread.
class JacksonReader {
public:
  explicit JacksonReader(std::string_view body) : body_(body) { scanner_.reset(body); }

  json::Token next() { return scanner_.next(); }
  bool skip(json::Token begun) { return scanner_.skip(begun); }
  std::string_view text() const { return scanner_.text(); }
  std::size_t token_begin() const { return scanner_.token_begin(); }
  std::size_t position() const { return scanner_.position(); }

  // The value that begun with `token`: a scalar's text, nothing for null.
  Result<std::optional<std::string>> string(json::Token token, std::string_view chain);
  Result<herder::SubmittedConfig> string_map(json::Token token, std::string_view chain);
  // Whether the next value is a string, whose faults Jackson finds only while it binds the value.
  bool string_follows() const;
  // Nothing but white space may follow the value, which was bound as `type`.
  Status end(std::string_view type);

  // `message`, where it is, and the way there.
  Error error_at(std::size_t offset, std::string_view message, std::string_view chain) const;
  // `Cannot deserialize value of type `…` from Array value (token …)` for the present token.
  Error cannot_deserialize(std::string_view type, json::Token token, std::string_view chain) const;
  // For a scalar where an object belongs: `no String-argument constructor…`.
  Error cannot_construct(std::string_view type, json::Token token, std::string_view chain) const;
  // For anything but an object where one of `type` belongs.
  Error wrong_object(std::string_view type, json::Token token, std::string_view chain) const;
  Error syntax_error(std::string_view chain) const;

private:
  std::string_view body_;
  json::Scanner scanner_;
};

} // namespace host::rest
