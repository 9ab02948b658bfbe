import { Module } from '@nestjs/common';
import { TaskListService } from './task-list.service.js';

/** The worker's part: who is told what. */
@Module({ providers: [TaskListService], exports: [TaskListService] })
export class TaskListModule {}
