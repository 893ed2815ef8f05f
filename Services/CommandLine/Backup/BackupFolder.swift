import Contracts
import Crypto
import Foundation

/// The folder of one back-up; while it is being made its name ends in `.partial`, so that half a back-up never looks like one.
struct BackupFolder {
    /// A manifest has some kilobytes.
    private static let manifestLimit = 1024 * 1024

    let path: String
    private var work: String

    var dump: String { "\(work)/database.dump" }
    private var manifest: String { "\(work)/manifest.json" }

    /// One that is there.
    init(path: String) {
        self.path = path
        work = path
    }

    static func make(_ given: String) throws -> BackupFolder {
        // "folder/" is "folder", also with the ending of one that is not whole yet.
        var path = given
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var folder = BackupFolder(path: path)
        folder.work = path + ".partial"
        for taken in [folder.path, folder.work] where FileManager.default.fileExists(atPath: taken) {
            throw DataCareFailure("\(taken) is there already; it is not touched")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DataCareFailure("\(folder.work) cannot be made")
        }
        return folder
    }

    /// Writes the manifest, sees both files on disk, and gives the folder its name.
    func complete(_ content: BackupManifest) throws {
        let file = FileManager.default.createFile(
            atPath: manifest, contents: try WireJSON.encode(content), attributes: [.posixPermissions: 0o600])
        guard file else { throw DataCareFailure("\(manifest) cannot be written") }
        for written in [dump, manifest] {
            let handle = try FileHandle(forUpdating: URL(filePath: written))
            try handle.synchronize()
            try handle.close()
        }
        try FileManager.default.moveItem(atPath: work, toPath: path)
    }

    /// Best effort: what is left says `.partial`.
    func discard() {
        try? FileManager.default.removeItem(atPath: work)
    }

    /// The manifest, after the dump was found to be what it says.
    func verified() throws -> BackupManifest {
        guard let file = FileHandle(forReadingAtPath: manifest), let data = try file.read(upToCount: Self.manifestLimit),
            let content = try? WireJSON.decode(BackupManifest.self, from: data)
        else { throw DataCareFailure("\(path) is no back-up: its manifest.json cannot be read") }
        guard content.format == BackupManifest.currentFormat else {
            throw DataCareFailure("\(path) has manifest format \(content.format): restore it with the release that made it")
        }
        guard try DumpFile(reading: dump) == content.dump else {
            throw DataCareFailure("\(dump) is not the file that was written: size or checksum differ from manifest.json")
        }
        return content
    }
}

extension DumpFile {
    /// A piece of a dump that is hashed at a time.
    private static let piece = 1024 * 1024

    init(reading path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw DataCareFailure("\(path) cannot be read") }
        var hash = SHA256()
        var bytes = 0
        while let data = try file.read(upToCount: Self.piece), !data.isEmpty {
            hash.update(data: data)
            bytes += data.count
        }
        self.init(bytes: bytes, sha256: hash.finalize().map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined())
    }
}
