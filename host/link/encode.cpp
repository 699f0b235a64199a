#include <optional>
#include <string>
#include <type_traits>

#include "host/base/utf8.h"
#include "host/json/writer.h"
#include "host/link/fields.h"
#include "host/link/messages.h"
#include "host/link/peer.h"

namespace host::link {
namespace {

// Writes members as `{"name":value,…}`. A frame is `{"id":1,"type":"stop","body":{…}}`.
class Encoder {
public:
  explicit Encoder(std::string &out) : out_(out) {}

  template <class T> void operator()(const char *name, const T &value) {
    out_.key(name);
    put(value);
  }

  template <class T> void object(const T &value) {
    out_.begin_object();
    fields(*this, const_cast<T &>(value)); // an Encoder only reads
    out_.end_object();
  }

  json::Writer &writer() { return out_; }

private:
  // Text that is no well-formed UTF-8 (a path, an offset that somebody else wrote) goes as
  // `{"hex":"…"}`, because a JSON string would not give the same bytes back.
  void put(const std::string &text) {
    if (utf8::valid(text)) {
      out_.value(text);
      return;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(text.size() * 2);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      hex += kDigits[byte >> 4];
      hex += kDigits[byte & 15];
    }
    out_.begin_object().field("hex", hex).end_object();
  }
  void put(bool value) { out_.value(value); }
  void put(State value) { out_.value(name_of(value)); }
  void put(TargetState value) { out_.value(name_of(value)); }
  void put(const StringMap &map) {
    out_.begin_array();
    for (const auto &[key, value] : map) {
      put(key);
      put(value);
    }
    out_.end_array();
  }
  template <class T> void put(const std::optional<T> &value) {
    if (value)
      put(*value);
    else
      out_.null();
  }
  template <class T> void put(const std::vector<T> &values) {
    out_.begin_array();
    for (const T &value : values)
      put(value);
    out_.end_array();
  }
  template <class Tag, class Rep> void put(StrongId<Tag, Rep> id) { out_.value(id.value); }
  template <class T> void put(const T &value) {
    if constexpr (std::is_integral_v<T>)
      out_.value(value);
    else
      object(value);
  }

  json::Writer out_;
};

} // namespace

std::string_view type_of(const Message &message) {
  return std::visit([](const auto &m) { return std::decay_t<decltype(m)>::kType; }, message);
}

bool is_request(const Message &message) {
  return std::visit([](const auto &m) { return RequestMessage<std::decay_t<decltype(m)>>; },
                    message);
}

bool is_reply(const Message &message) {
  return std::visit([](const auto &m) { return ReplyMessage<std::decay_t<decltype(m)>>; }, message);
}

std::string encode(const Frame &frame) {
  std::string text;
  Encoder encoder(text);
  encoder.writer().begin_object();
  encoder("id", frame.id);
  encoder.writer().field("type", type_of(frame.message)).key("body");
  std::visit([&](const auto &message) { encoder.object(message); }, frame.message);
  encoder.writer().end_object();
  return text;
}

} // namespace host::link
