import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lakeContract } from '#engine/ports/lake.contract.ts'
import { type Disk, nodeDisk } from './folder-lake-disk.ts'
import { openFolderLake } from './folder-lake.ts'

/** As FAT, and some network and container mounts. */
const noLinks: Disk = { ...nodeDisk, link: () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' })) }

const fresh = (disk: Disk) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-lake-'))
  const open = () => openFolderLake({ root: join(folder, 'lake') }, disk)
  return { lake: await open(), open, done: () => rm(folder, { recursive: true, force: true }) }
}

lakeContract('folder', fresh(nodeDisk))
lakeContract('folder, where links are refused', fresh(noLinks))
