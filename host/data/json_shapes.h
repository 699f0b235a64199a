#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace host::data {

// The keys that a schemaless object had, and the order that a Java HashMap gives them: records of a
// topic mostly repeat a few, so that keys are compared and neither hashed nor sorted.
struct JsonShape;

// Where an object is expected: at the root, or under a key of a known object.
struct JsonSlot {
  JsonShape *shape = nullptr;
  std::uint8_t misses = 0; // since it was last right
  bool learns = true;
};

struct JsonShape {
  std::vector<std::string> keys;    // in the order of the text, without escapes
  std::vector<std::uint32_t> order; // their indices in the map's order
  bool in_order = true;             // whether that is the text's
  std::vector<JsonSlot> inner;      // of the objects in a key's value
};

// The shapes that one decoder knows. A bounded number is learnt, then it stays as it is.
class JsonShapes {
public:
  JsonSlot &root() { return root_; }

  // Notes what was found in a slot, if the slot was wrong for some time. The keys are all
  // different.
  void learn(JsonSlot &slot, const std::vector<std::string_view> &keys);
  bool wants(JsonSlot &slot) {
    return slot.learns && shapes_.size() < kMost &&
           (slot.shape == nullptr || ++slot.misses >= kPatience);
  }

  static constexpr std::size_t kMostKeys = 128;
  static constexpr std::size_t kMostBytes = 4096; // of all keys of an object

private:
  static constexpr std::uint8_t kPatience = 4;
  static constexpr std::size_t kMost = 256;

  std::map<std::string, std::unique_ptr<JsonShape>, std::less<>> shapes_; // by all their keys
  JsonSlot root_;
};

} // namespace host::data
