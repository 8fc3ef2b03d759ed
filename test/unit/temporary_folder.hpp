// A folder that lives as long as its test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

class temporary_folder {
public:
    explicit temporary_folder(std::filesystem::path where = std::filesystem::temp_directory_path())
    {
        std::string pattern = (where / "pier-unit-XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            throw std::runtime_error("no temporary folder can be made");
        path_ = pattern;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// Writes a file, and the folders that it stands in.
    void write(std::string_view name, std::string_view content) const
    {
        auto where = path_ / name;
        std::filesystem::create_directories(where.parent_path());
        std::ofstream(where, std::ios::binary)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
    }

private:
    std::filesystem::path path_;
};
