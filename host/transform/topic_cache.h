#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace host::transform {

// What was found out about topics, by name, so that a regular expression runs once per topic and
// not per record. Bounded; one thread.
template <class T> class TopicCache {
public:
  static constexpr std::size_t kMost = 1024;

  // What `make()` gives for the topic, now or before. Good until the next call.
  template <class Make> const T &get(std::string_view topic, Make make) {
    if (last_ != nullptr && last_->first == topic)
      return last_->second;
    auto found = known_.find(topic);
    if (found == known_.end()) {
      if (known_.size() == kMost)
        known_.clear();
      found = known_.emplace(std::string(topic), make()).first;
    }
    last_ = &*found;
    return last_->second;
  }

private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, T, Hash, std::equal_to<>> known_;
  const std::pair<const std::string, T> *last_ = nullptr;
};

} // namespace host::transform
