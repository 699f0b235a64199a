#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <iconv.h>

namespace host::data {

// One direction of the C library's conversion to or from UTF-8. Owns its state; one thread.
class LibraryConversion {
public:
  static std::optional<LibraryConversion> open(const char *to, const char *from);

  // Appends what `bytes` are; for what is malformed or cannot be written it asks `replace`, which
  // appends something and says how many bytes it stands for.
  template <class Replace> void append(std::string &out, std::string_view bytes, Replace replace) {
    ::iconv(state_.get(), nullptr, nullptr, nullptr, nullptr);
    char *in = const_cast<char *>(bytes.data());
    std::size_t left = bytes.size();
    while (left > 0) {
      char buffer[256];
      char *to = buffer;
      std::size_t room = sizeof buffer;
      const std::size_t done = ::iconv(state_.get(), &in, &left, &to, &room);
      out.append(buffer, to);
      if (done == static_cast<std::size_t>(-1) && to == buffer && left > 0) {
        const std::size_t skipped = replace(out, std::string_view(in, left));
        in += skipped;
        left -= skipped;
      }
    }
    char rest[16]; // what waited for a character to combine with
    char *to = rest;
    std::size_t room = sizeof rest;
    ::iconv(state_.get(), nullptr, nullptr, &to, &room);
    out.append(rest, to);
  }

private:
  struct Close {
    void operator()(void *state) const { ::iconv_close(state); }
  };
  explicit LibraryConversion(iconv_t state) : state_(state) {}

  std::unique_ptr<void, Close> state_;
};

inline std::optional<LibraryConversion> LibraryConversion::open(const char *to, const char *from) {
  const iconv_t state = ::iconv_open(to, from);
  if (state == reinterpret_cast<iconv_t>(-1))
    return std::nullopt;
  return LibraryConversion(state);
}

} // namespace host::data
