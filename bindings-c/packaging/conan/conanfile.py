"""Packages what the archive of the C library holds, from the folder where the archive is:

    PARTNER_MESSAGING_DIST=/where/the/archive/is conan create share/partner-messaging/conan
"""

import os

from conan import ConanFile
from conan.errors import ConanException, ConanInvalidConfiguration
from conan.tools.files import copy, unzip

ARCHITECTURES = {"x86_64": "x86_64", "armv8": "aarch64"}


class PartnerMessaging(ConanFile):
    name = "partner-messaging"
    version = "@VERSION@"
    description = "Client for the Partner Messaging API that always knows what became of a message"
    license = "MIT OR Apache-2.0"
    topics = ("messaging", "sms", "whatsapp", "email", "otp")
    package_type = "library"
    # It is C: which compiler the program has makes no difference.
    settings = "os", "arch"
    options = {"shared": [True, False]}
    default_options = {"shared": True}

    def validate(self):
        if self.settings.os != "Linux" or str(self.settings.arch) not in ARCHITECTURES:
            raise ConanInvalidConfiguration("there is a library for Linux on x86_64 and armv8 only")

    def build(self):
        folder = os.environ.get("PARTNER_MESSAGING_DIST")
        if not folder:
            raise ConanException("PARTNER_MESSAGING_DIST has to name the folder with the archive")
        architecture = ARCHITECTURES[str(self.settings.arch)]
        archive = f"partner-messaging-c-{self.version}-{architecture}-@TARGET_SYSTEM@.tar.gz"
        unzip(self, os.path.join(folder, archive), strip_root=True)

    def package(self):
        libraries = "libpartner_messaging.so*" if self.options.shared else "libpartner_messaging.a"
        copy(self, "*", os.path.join(self.build_folder, "include"), os.path.join(self.package_folder, "include"))
        copy(self, libraries, os.path.join(self.build_folder, "lib"), os.path.join(self.package_folder, "lib"))
        for licence in ("LICENSE*", "THIRD-PARTY-LICENSES.txt", "sbom.cdx.json"):
            copy(self, licence, self.build_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.libs = ["partner_messaging"]
        self.cpp_info.set_property("cmake_file_name", "PartnerMessaging")
        self.cpp_info.set_property("cmake_target_name", "PartnerMessaging::PartnerMessaging")
        self.cpp_info.set_property("pkg_config_name", "partner-messaging")
        if not self.options.shared:
            self.cpp_info.system_libs = ["util", "rt", "pthread", "m", "dl"]
