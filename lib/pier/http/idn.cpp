#include "pier/http/idn.hpp"

#include <dlfcn.h>
#include <idn2.h>

namespace pier::http {

namespace {

/// libidn2 is loaded when the first such name comes, as glibc does it for its own AI_IDN: it brings two
/// megabytes of tables with it, and most programs never see one.
struct idn_library {
    idn_library()
    {
        void* handle = ::dlopen("libidn2.so.0", RTLD_NOW | RTLD_LOCAL);
        if (!handle)
            return;
        to_ascii = reinterpret_cast<decltype(&::idn2_to_ascii_8z)>(::dlsym(handle, "idn2_to_ascii_8z"));
        explain = reinterpret_cast<decltype(&::idn2_strerror)>(::dlsym(handle, "idn2_strerror"));
        release = reinterpret_cast<decltype(&::idn2_free)>(::dlsym(handle, "idn2_free"));
    }
    bool loaded() const { return to_ascii && explain && release; }

    decltype(&::idn2_to_ascii_8z) to_ascii = nullptr;
    decltype(&::idn2_strerror) explain = nullptr;
    decltype(&::idn2_free) release = nullptr;
};

} // namespace

std::optional<std::string> to_a_labels(const std::string& host, std::string& why)
{
    static const idn_library library;
    if (!library.loaded()) {
        why = "has a host beyond ASCII: install libidn2-0, or write it with xn--";
        return std::nullopt;
    }
    char* found = nullptr;
    int error = library.to_ascii(host.c_str(), &found, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    if (error != IDN2_OK) {
        why = std::string("has a host that no name server can know: ") + library.explain(error);
        return std::nullopt;
    }
    std::string result = found;
    library.release(found);
    return result;
}

} // namespace pier::http
