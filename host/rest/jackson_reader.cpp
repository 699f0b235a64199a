#include "host/rest/jackson_reader.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include "host/base/java_text.h"

namespace host::rest {
namespace {

using json::Token;

constexpr std::string_view kMapType = "java.util.LinkedHashMap<java.lang.String,java.lang.String>";
constexpr std::string_view kMapClass = "java.util.LinkedHashMap";
// More than any real config has; looking up its keys is linear.
constexpr std::size_t kMaxKeys = 4096;

struct TokenName {
  std::string_view shape; // in sentences
  std::string_view name;  // JsonToken's
};

TokenName name_of(Token token) {
  switch (token) {
  case Token::ObjectBegin:
    return {"Object value", "START_OBJECT"};
  case Token::ArrayBegin:
    return {"Array value", "START_ARRAY"};
  case Token::String:
    return {"String value", "VALUE_STRING"};
  case Token::Integer:
    return {"Integer value", "VALUE_NUMBER_INT"};
  case Token::Decimal:
    return {"Floating-point value", "VALUE_NUMBER_FLOAT"};
  case Token::True:
    return {"Boolean value", "VALUE_TRUE"};
  case Token::False:
    return {"Boolean value", "VALUE_FALSE"};
  default:
    return {"Null value", "VALUE_NULL"};
  }
}

std::string with_chain(std::string text, std::string_view chain) {
  if (!chain.empty())
    text.append(" (through reference chain: ").append(chain).append(")");
  return text;
}

} // namespace

std::string member_place(std::string_view chain, std::string_view type, std::string_view key) {
  std::string text(chain);
  if (!chain.empty())
    text += "->";
  return text.append(type).append("[\"").append(key).append("\"]");
}

Error JacksonReader::error_at(std::size_t offset, std::string_view message,
                              std::string_view chain) const {
  std::string text(message);
  text += "\n at " + json::source_text(json::place_of(body_, offset));
  return Error(Code::Fatal, with_chain(std::move(text), chain));
}

Error JacksonReader::syntax_error(std::string_view chain) const {
  return Error(Code::Fatal, with_chain(scanner_.fault().text(), chain));
}

Error JacksonReader::cannot_deserialize(std::string_view type, Token token,
                                        std::string_view chain) const {
  const TokenName name = name_of(token);
  std::string text = "Cannot deserialize value of type `";
  text.append(type).append("` from ").append(name.shape);
  text.append(" (token `JsonToken.").append(name.name).append("`)");
  return error_at(token_begin(), text, chain);
}

Error JacksonReader::cannot_construct(std::string_view type, Token token,
                                      std::string_view chain) const {
  std::string argument = "boolean/Boolean";
  std::string value = token == Token::True ? "boolean value (true)" : "boolean value (false)";
  if (token == Token::String) {
    argument = "String";
    value = "String value ('" + std::string(text()) + "')";
  } else if (token == Token::Integer || token == Token::Decimal) {
    argument = token == Token::Integer ? "int/Int" : "double/Double";
    value = "Number value (" + std::string(text()) + ")";
  }
  std::string message = "Cannot construct instance of `";
  message.append(type).append("` (although at least one Creator exists): no ").append(argument);
  message.append("-argument constructor/factory method to deserialize from ").append(value);
  return error_at(token_begin(), message, chain);
}

Error JacksonReader::wrong_object(std::string_view type, Token token,
                                  std::string_view chain) const {
  if (token == Token::ArrayBegin)
    return cannot_deserialize(type, token, chain);
  const bool blank =
      token == Token::String && text().find_first_not_of(" \t\r\n") == std::string::npos;
  if (blank)
    return error_at(token_begin(),
                    "Cannot coerce empty String (\"\") to `" + std::string(type) +
                        "` value (but could if coercion was enabled using `CoercionConfig`)",
                    chain);
  return cannot_construct(type, token, chain);
}

Result<std::optional<std::string>> JacksonReader::string(Token token, std::string_view chain) {
  switch (token) {
  case Token::String:
  case Token::Integer:
  case Token::Decimal:
    return std::optional(std::string(text()));
  case Token::True:
    return std::optional(std::string("true"));
  case Token::False:
    return std::optional(std::string("false"));
  case Token::Null:
    return std::optional<std::string>();
  default:
    return fail(cannot_deserialize("java.lang.String", token, chain));
  }
}

Result<herder::SubmittedConfig> JacksonReader::string_map(Token token, std::string_view chain) {
  if (token == Token::String && !java::trim(text()).empty())
    return fail(cannot_construct(kMapClass, token, chain));
  if (token == Token::String)
    return fail(error_at(token_begin(),
                         "Cannot coerce empty String (\"\") to element of `java.util.LinkedHashMap`"
                         " (but could if coercion was enabled using `CoercionConfig`)",
                         chain));
  if (token != Token::ObjectBegin)
    return fail(cannot_deserialize(kMapType, token, chain));
  std::vector<herder::SubmittedConfig::Entry> entries;
  std::unordered_map<std::string, std::size_t> places;
  Token begun = next();
  for (; begun == Token::Key && entries.size() <= kMaxKeys; begun = next()) {
    const std::string key(text());
    const Token value = next();
    if (value == Token::Fault)
      return fail(syntax_error(chain));
    HOST_ASSIGN(auto content, string(value, member_place(chain, kMapClass, key)));
    const auto [place, added] = places.try_emplace(key, entries.size());
    if (added)
      entries.emplace_back(key, std::move(content));
    else
      entries[place->second].second = std::move(content);
  }
  if (entries.size() > kMaxKeys)
    return fail(Code::BadRequest,
                "A config may have at most " + std::to_string(kMaxKeys) + " keys; this has more");
  if (begun != Token::ObjectEnd)
    return fail(syntax_error(chain));
  return herder::SubmittedConfig(std::move(entries));
}

bool JacksonReader::string_follows() const {
  const std::size_t at = body_.find_first_not_of(" \t\r\n:", position());
  return at != std::string_view::npos && body_[at] == '"';
}

Status JacksonReader::end(std::string_view type) {
  scanner_.resume();
  const Token token = next();
  if (token == Token::Blank)
    return {};
  if (token == Token::Fault)
    return fail(syntax_error({}));
  std::string text = "Trailing token (of type ";
  text.append(name_of(token).name).append(") found after value (bound as `").append(type);
  text += "`): not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`";
  return fail(error_at(token_begin(), text, {}));
}

} // namespace host::rest
