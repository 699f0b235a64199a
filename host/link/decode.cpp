#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_set>

#include "host/json/parse.h"
#include "host/json/value.h"
#include "host/link/fields.h"
#include "host/link/messages.h"

namespace host::link {
namespace {

using json::Value;

Error bad(std::string_view expected, const Value &value) {
  return Error(Code::Data,
               fmt::format("{} was expected, not {}", expected, json::name_of(value.type())));
}

int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<std::string> from_hex(std::string_view hex) {
  std::string bytes;
  if (hex.size() % 2 != 0)
    return std::nullopt;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit_of(hex[i]);
    const int low = digit_of(hex[i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

template <class E> host::Status take_name(E &out, const Value &value, int last) {
  for (int i = 1; i <= last; ++i)
    if (value.is_string() && value.text() == name_of(static_cast<E>(i))) {
      out = static_cast<E>(i);
      return {};
    }
  return fail(value.is_string()
                  ? Error(Code::Data, fmt::format("unknown name '{}'", value.text().substr(0, 40)))
                  : bad("a name", value));
}

// Fills a message from the members of an object. Stops at the first fault and keeps its path.
class Decoder {
public:
  explicit Decoder(const Value &object) : object_(object) {}

  template <class T> void operator()(const char *name, T &member) {
    if (!status_)
      return;
    const Value *value = object_.find(name);
    status_ = value == nullptr ? host::Status(fail(Code::Data, "the member is missing"))
                               : take(member, *value);
    if (!status_)
      status_ = fail(std::move(status_).error().context(name));
  }

  template <class T> static host::Status object(T &out, const Value &value) {
    if (!value.is_object())
      return fail(bad("an object", value));
    Decoder decoder(value);
    fields(decoder, out);
    return std::move(decoder.status_);
  }

private:
  static host::Status take(std::string &out, const Value &value) {
    if (value.is_string()) {
      out = value.text();
      return {};
    }
    if (const Value *hex = value.find("hex"); hex != nullptr && hex->is_string())
      if (auto bytes = from_hex(hex->text())) {
        out = std::move(*bytes);
        return {};
      }
    return fail(bad("text", value));
  }
  static host::Status take(bool &out, const Value &value) {
    if (!value.is_boolean())
      return fail(bad("true or false", value));
    out = *value.boolean();
    return {};
  }
  static host::Status take(State &out, const Value &value) {
    return take_name(out, value, static_cast<int>(State::Stopped));
  }
  static host::Status take(TargetState &out, const Value &value) {
    return take_name(out, value, static_cast<int>(TargetState::Stopped));
  }
  // Built without StringMap::set, whose cost grows with the square of the entries.
  static host::Status take(StringMap &out, const Value &value) {
    if (!value.is_array() || value.items().size() % 2 != 0)
      return fail(bad("an array of keys and values", value));
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < value.items().size(); i += 2) {
      std::string key;
      std::string text;
      HOST_TRY(take(key, value.items()[i]));
      HOST_TRY(take(text, value.items()[i + 1]));
      if (!seen.insert(key).second)
        return fail(Code::Data, fmt::format("the key '{}' comes twice", key.substr(0, 80)));
      out.append(std::move(key), std::move(text));
    }
    return {};
  }
  template <class T> static host::Status take(std::optional<T> &out, const Value &value) {
    return value.is_null() ? host::Status() : take(out.emplace(), value);
  }
  template <class T> static host::Status take(std::vector<T> &out, const Value &value) {
    if (!value.is_array())
      return fail(bad("an array", value));
    out.reserve(value.items().size());
    for (const Value &item : value.items())
      HOST_TRY(take(out.emplace_back(), item));
    return {};
  }
  template <class Tag, class Rep>
  static host::Status take(StrongId<Tag, Rep> &out, const Value &value) {
    return take(out.value, value);
  }
  template <class T> static host::Status take(T &out, const Value &value) {
    if constexpr (std::is_integral_v<T>) {
      const auto number = value.integer();
      if (!number)
        return fail(Code::Data, number.error().message());
      if (!std::in_range<T>(*number))
        return fail(Code::Data, fmt::format("{} is out of range", *number));
      out = static_cast<T>(*number);
      return {};
    } else {
      return object(out, value);
    }
  }

  const Value &object_;
  host::Status status_;
};

template <std::size_t I = 0> Result<Message> decode_body(std::string_view type, const Value &body) {
  if constexpr (I == std::variant_size_v<Message>) {
    return fail(Code::Data, fmt::format("unknown type '{}'", type.substr(0, 40)));
  } else {
    using M = std::variant_alternative_t<I, Message>;
    if (type != M::kType)
      return decode_body<I + 1>(type, body);
    M message;
    if (host::Status taken = Decoder::object(message, body); !taken)
      return fail(std::move(taken).error().context(M::kType));
    return Message(std::move(message));
  }
}

host::Status check_id(const Frame &frame) {
  const bool told = !is_request(frame.message) && !is_reply(frame.message);
  if (told == (frame.id == 0))
    return {};
  return fail(Code::Data,
              fmt::format("{} {} an id", type_of(frame.message), told ? "must not have" : "needs"));
}

} // namespace

Result<Frame> decode(std::string_view text) {
  HOST_ASSIGN(const Value value, json::parse(text));
  Frame frame;
  HOST_ASSIGN(const std::int64_t id, value.integer_of("id"));
  HOST_ASSIGN(const std::string type, value.string_of("type"));
  HOST_ASSIGN(const Value *const body, value.member("body"));
  if (id < 0)
    return fail(Code::Data, fmt::format("id: {} is out of range", id));
  frame.id = static_cast<std::uint64_t>(id);
  HOST_ASSIGN(frame.message, decode_body(type, *body));
  HOST_TRY(check_id(frame));
  return frame;
}

} // namespace host::link
