#include "host/rest/request_body.h"

#include <algorithm>
#include <utility>

#include "host/rest/jackson_reader.h"

namespace host::rest {
namespace {

using json::Token;

constexpr std::string_view kCreate =
    "org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest";
constexpr std::string_view kState =
    "org.apache.kafka.connect.runtime.rest.entities.CreateConnectorRequest$InitialState";
constexpr std::string_view kTaskConfigs =
    "java.util.ArrayList<java.util.Map<java.lang.String,java.lang.String>>";

std::string chain_of(std::string_view field) {
  return std::string(kCreate).append("[\"").append(field).append("\"]");
}

// Binds the members of one create request. Jackson reports an unknown one when it has all it needs
// to make the object, or at the object's end.
class CreateBinder {
public:
  explicit CreateBinder(JacksonReader &reader) : reader_(reader) {}

  Result<CreateBody> object() {
    for (;;) {
      const Token token = reader_.next();
      if (token == Token::ObjectEnd)
        break;
      if (token != Token::Key)
        return fail(reader_.syntax_error({}));
      HOST_TRY(member(std::string(reader_.text())));
    }
    if (unknown_)
      return fail(unrecognized(*unknown_, reader_.position()));
    return std::move(body_);
  }

private:
  Status member(const std::string &field) {
    const std::string chain = chain_of(field);
    const bool string = reader_.string_follows();
    const Token token = reader_.next();
    if (token == Token::Fault)
      return fail(reader_.syntax_error(string ? chain : ""));
    if (field == "name") {
      HOST_ASSIGN(body_.name, reader_.string(token, chain));
      has_name_ = true;
    } else if (field == "config") {
      if (token != Token::Null) {
        HOST_ASSIGN(body_.config, reader_.string_map(token, chain));
      }
      has_config_ = true;
    } else if (field == "initial_state") {
      HOST_TRY(initial_state(token, chain));
      has_state_ = true;
    } else {
      return unknown(field, token);
    }
    return {};
  }

  Status initial_state(Token token, const std::string &chain) {
    if (token == Token::Null)
      return {};
    if (token == Token::ArrayBegin)
      return fail(reader_.error_at(
          reader_.token_begin(),
          "Input mismatch reading Enum `" + std::string(kState) +
              "`: properties-based `@JsonCreator` ([method " + std::string(kState) +
              "#forValue(java.lang.String)]) expects String Value, got Array value "
              "(`JsonToken.START_ARRAY`)",
          chain));
    if (token == Token::ObjectBegin)
      return fail(reader_.cannot_deserialize(kState, token, chain));
    const std::size_t begin = reader_.token_begin();
    HOST_ASSIGN(auto text, reader_.string(token, chain));
    std::transform(text->begin(), text->end(), text->begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    if (*text == "RUNNING")
      body_.initial_state = TargetState::Started;
    else if (*text == "PAUSED")
      body_.initial_state = TargetState::Paused;
    else if (*text == "STOPPED")
      body_.initial_state = TargetState::Stopped;
    else
      return fail(reader_.error_at(begin,
                                   "Cannot construct instance of `" + std::string(kState) +
                                       "`, problem: No enum constant " + std::string(kCreate) +
                                       ".InitialState." + *text,
                                   chain));
    return {};
  }

  Status unknown(const std::string &field, Token token) {
    const bool is_string = token == Token::String;
    const std::size_t begin = reader_.token_begin();
    if (has_name_ && has_config_ && has_state_)
      return fail(unrecognized(field, is_string ? begin + 1 : reader_.position()));
    if (!reader_.skip(token))
      return fail(reader_.syntax_error({}));
    if (!unknown_)
      unknown_ = field;
    return {};
  }

  Error unrecognized(const std::string &field, std::size_t offset) const {
    return reader_.error_at(offset,
                            "Unrecognized field \"" + field + "\" (class " + std::string(kCreate) +
                                "), not marked as ignorable (3 known properties: \"config\", "
                                "\"name\", \"initial_state\")",
                            chain_of(field));
  }

  JacksonReader &reader_;
  CreateBody body_;
  bool has_name_ = false;
  bool has_config_ = false;
  bool has_state_ = false;
  std::optional<std::string> unknown_;
};

} // namespace

Result<std::optional<herder::SubmittedConfig>> read_config(std::string_view body) {
  JacksonReader reader(body);
  const Token token = reader.next();
  std::optional<herder::SubmittedConfig> config;
  if (token == Token::Fault)
    return fail(reader.syntax_error({}));
  if (token == Token::Blank)
    return config;
  if (token != Token::Null) {
    HOST_ASSIGN(config, reader.string_map(token, {}));
  }
  HOST_TRY(reader.end("java.util.Map"));
  return config;
}

Result<std::optional<CreateBody>> read_create(std::string_view body) {
  JacksonReader reader(body);
  const Token token = reader.next();
  std::optional<CreateBody> request;
  if (token == Token::Fault)
    return fail(reader.syntax_error({}));
  if (token == Token::Blank)
    return request;
  if (token == Token::ObjectBegin) {
    HOST_ASSIGN(request, CreateBinder(reader).object());
  } else if (token != Token::Null) {
    return fail(reader.wrong_object(kCreate, token, {}));
  }
  HOST_TRY(reader.end(kCreate));
  return request;
}

Result<std::vector<StringMap>> read_task_configs(std::string_view body) {
  std::vector<StringMap> configs;
  JacksonReader reader(body);
  Token token = reader.next();
  if (token == Token::Fault)
    return fail(reader.syntax_error({}));
  if (token == Token::Blank)
    return configs;
  if (token == Token::ArrayBegin) {
    for (std::size_t i = 0; (token = reader.next()) != Token::ArrayEnd; ++i) {
      const std::string chain = "java.util.ArrayList[" + std::to_string(i) + "]";
      if (token == Token::Fault)
        return fail(reader.syntax_error({}));
      if (token == Token::Null)
        continue;
      HOST_ASSIGN(const auto config, reader.string_map(token, chain));
      configs.push_back(config.values());
    }
  } else if (token != Token::Null) {
    return fail(reader.cannot_deserialize(kTaskConfigs, token, {}));
  }
  HOST_TRY(reader.end("java.util.List"));
  return configs;
}

} // namespace host::rest
